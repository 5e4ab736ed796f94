import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/*
 * The two stations that the durable bench keeps: Jena by the hour with the six channels of its hourly file, and every
 * ten minutes with fourteen.
 */

const TIME = 'time: { column: "Date Time", format: "dd.MM.yyyy HH:mm:ss", utc_offset: "+01:00" }'
const COARSE = [
  ['p (mbar)', 870, 1085],
  ['T (degC)', -60, 60],
  ['Tdew (degC)', -70, 40],
  ['rh (%)', 0, 100],
  ['VPmax (mbar)', 0, 200],
  ['wv (m/s)', 0, 75],
] as const
const FINE = [
  ...COARSE,
  ['Tpot (K)', 210, 340],
  ['VPact (mbar)', 0, 100],
  ['VPdef (mbar)', -1, 200],
  ['sh (g/kg)', 0, 60],
  ['H2OC (mmol/mol)', 0, 100],
  ['rho (g/m**3)', 800, 1700],
  ['max. wv (m/s)', 0, 115],
  ['wd (deg)', 0, 360],
] as const

export const HOURLY = 'jena_hourly'

/** Writes the station files into a folder, and says where. */
export async function stationFiles(
  folder: string,
): Promise<{ readonly hourly: string; readonly fine: string }> {
  await mkdir(folder, { recursive: true })
  const write = async (
    id: string,
    cadence: string,
    channels: typeof COARSE | typeof FINE,
  ): Promise<string> => {
    const path = join(folder, `${id}.yaml`)
    const lines = channels.map(([name, min, max]) => {
      const unit = JSON.stringify(/\(([^)]*)\)/.exec(name)?.[1] ?? '')
      const text = JSON.stringify(name)
      return `  - { name: ${text}, column: ${text}, unit: ${unit}, min: ${min}, max: ${max}, sentinels: [-9999] }`
    })
    const head = [`id: ${id}`, 'title: Jena', TIME, `cadence: ${cadence}`, 'target: "T (degC)"', 'channels:']
    await writeFile(path, `${[...head, ...lines].join('\n')}\n`)
    return path
  }
  return { hourly: await write(HOURLY, '1h', COARSE), fine: await write('jena_fine', '10m', FINE) }
}
