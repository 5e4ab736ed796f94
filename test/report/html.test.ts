import { expect, it } from 'vitest'
import { table } from '../../src/report/html.ts'

it('html table - a column with a list in it may break, its heading with it, and no other', () => {
  const list = 'outside_dnn_corrected (26 %), outside_lear_corrected (25 %)'
  const html = table({
    caption: 'Said & done',
    head: ['lead', 'mean', 'on the word of'],
    rows: [
      ['+1 h', '2.1', list],
      ['+2 h', '<2.2', 'rls (9 %)'],
    ],
  })
  expect(html).toContain('<th scope="col" class="words">on the word of</th>')
  expect(html).toContain(`<td class="words">${list}</td>`)
  expect(html).toContain('<td class="words">rls (9 %)</td>')
  expect(html).toContain('<th scope="row">+2 h</th><td>&lt;2.2</td>')
  expect(html.match(/class="words"/g)).toHaveLength(3)
})
