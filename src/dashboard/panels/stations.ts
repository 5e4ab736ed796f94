import { element, part, setHidden, setText } from '../dom.ts'
import type { Painter } from '../frame-loop.ts'
import type { ViewState } from '../view-state.ts'

/** The station's name, as a choice where there are several. */
export function stationPicker(root: ParentNode, choose: (id: string) => void): Painter<ViewState> {
  const name = part(root, '#station-name', HTMLElement)
  const label = part(root, '#station-choice', HTMLElement)
  const select = part(label, 'select', HTMLSelectElement)
  let built = ''
  select.addEventListener('change', () => choose(select.value))
  return {
    everyMs: 200,
    paint({ stations, station }) {
      const several = stations.length > 1
      setHidden(label, !several)
      setHidden(name, several)
      setText(name, station ? station.title || station.id : '')
      const key = stations.map(({ id, title }) => `${id} ${title}`).join('\n')
      if (key !== built) {
        built = key
        select.replaceChildren(
          ...stations.map(({ id, title }) =>
            element('option', { text: title || id, attributes: { value: id } }),
          ),
        )
      }
      if (station && select.value !== station.id) select.value = station.id
      document.title = station ? `${station.title || station.id}: Tickcast` : 'Tickcast'
    },
  }
}
