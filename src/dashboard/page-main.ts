import 'uplot/dist/uPlot.min.css'
import './page/style.css'
import { addressBar, viewOf } from './address.ts'
import { fanChart } from './charts/fan-chart.ts'
import { leadChart } from './charts/lead-chart.ts'
import { part } from './dom.ts'
import { frameLoop } from './frame-loop.ts'
import { isOfThePast } from './freshness.ts'
import { listenToKeys } from './keyboard.ts'
import { PAST_SHOWN_MS, shownOf } from './moment.ts'
import { announcer } from './panels/announcer.ts'
import { banner } from './panels/banner.ts'
import { chartTable } from './panels/chart-table.ts'
import { firstSteps } from './panels/first-steps.ts'
import { healthPanel } from './panels/health.ts'
import { helpDialog } from './panels/help.ts'
import { hoursPanel } from './panels/hours.ts'
import { intervalsPanel } from './panels/intervals-panel.ts'
import { modelsPanel } from './panels/models.ts'
import { questionDialog } from './panels/question.ts'
import { readouts } from './panels/readouts.ts'
import { recordLinks } from './panels/record-links.ts'
import { stage } from './panels/stage.ts'
import { stationPicker } from './panels/stations.ts'
import { switches } from './panels/switches.ts'
import { tapePanel } from './panels/tape-panel.ts'
import { tokenField } from './panels/token-field.ts'
import { trainingPanel } from './panels/training.ts'
import { openConnection } from './server-connection.ts'
import { reduced } from './view-reducer.ts'
import { INITIAL, type ViewEvent } from './view-state.ts'

/*
 * The page: the stream's events are folded into one state at once, as they come; the screen is painted from it once
 * a frame.
 */

const root = document
const wallNow = () => Date.now()
let state = { ...INITIAL, ...viewOf(location.search, INITIAL) }

let pastEnds: ReturnType<typeof setTimeout> | undefined

const dispatch = (event: ViewEvent) => {
  const next = reduced(state, event)
  if (next === state) return
  if (next.past && (!state.past || next.session !== state.session)) {
    clearTimeout(pastEnds)
    pastEnds = setTimeout(() => dispatch({ type: 'past_over' }), PAST_SHOWN_MS)
  }
  state = next
  frames.show(shownOf(state))
}

const tape = tapePanel(root, {
  send: (command) => connection.send(command),
  ask: (question) => state.station && dispatch({ type: 'asked', stationId: state.station.id, question }),
})
const question = questionDialog(root, ({ command }, yes) => {
  dispatch({ type: 'answered' })
  if (yes) connection.send(command)
})
const help = helpDialog(root)
// The folder that the page lies in, so that a proxy may put it anywhere.
const url = new URL('.', location.href).href
// After the hash, a token is never sent to a server or written to its log.
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined
const frames = frameLoop({
  requestFrame: (callback) => requestAnimationFrame(callback),
  painters: [
    stationPicker(root, (id) => connection.choose(id)),
    banner(root, wallNow),
    readouts(root, wallNow),
    fanChart({
      host: part(root, '#chart', HTMLElement),
      empty: part(root, '#chart-empty', HTMLElement),
      readout: part(root, '#chart-readout', HTMLElement),
      isPast: (shown) => isOfThePast(shown, wallNow()),
    }),
    chartTable(root),
    tape,
    tape.place,
    question,
    hoursPanel(root),
    switches(root, dispatch),
    modelsPanel(root),
    intervalsPanel(root),
    leadChart({
      host: part(root, '#lead-chart', HTMLElement),
      empty: part(root, '#lead-empty', HTMLElement),
      legend: part(root, '#lead-legend', HTMLElement),
    }),
    trainingPanel(root),
    healthPanel(root),
    firstSteps(root, { url, token: token !== undefined, wallNow }),
    recordLinks(root, token !== undefined),
    tokenField(root),
    stage(root, performance.now()),
    addressBar(INITIAL),
    announcer(root),
  ],
})

const connection = openConnection({
  url,
  token,
  stateNow: () => state,
  dispatch,
  wallNow,
})

// Another token is another visit.
addEventListener('hashchange', () => location.reload())
listenToKeys((action) => {
  if (question.isOpen()) return
  if (action === 'help') help.toggle()
  else tape.act(action)
})
// That nothing has come is no event, so a clock asks.
setInterval(() => frames.show(shownOf(state)), 1_000)
frames.show(shownOf(state))
