import type { Command, Option } from 'commander'

export function withOptions(command: Command, ...groups: readonly (readonly Option[])[]): Command {
  for (const option of groups.flat()) command.addOption(option)
  return command
}
