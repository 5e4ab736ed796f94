import 'uplot/dist/uPlot.min.css'
import { fanChart } from './charts/fan-chart.ts'
import { leadChart } from './charts/lead-chart.ts'
import { part } from './dom.ts'
import { frameLoop } from './frame-loop.ts'
import { listenToKeys } from './keyboard.ts'
import { announcer } from './panels/announcer.ts'
import { banner } from './panels/banner.ts'
import { healthPanel } from './panels/health.ts'
import { helpDialog } from './panels/help.ts'
import { hoursPanel } from './panels/hours.ts'
import { intervalsPanel } from './panels/intervals-panel.ts'
import { modelsPanel } from './panels/models.ts'
import { readouts } from './panels/readouts.ts'
import { stationPicker } from './panels/stations.ts'
import { switches } from './panels/switches.ts'
import { tapePanel } from './panels/tape-panel.ts'
import { trainingPanel } from './panels/training.ts'
import { openConnection } from './server-connection.ts'
import { INITIAL, reduced, type ViewEvent } from './view-state.ts'

/*
 * The page: the stream's events are folded into one state at once, as they come; the screen is painted from it once
 * a frame.
 */

const root = document
const wallNow = () => Date.now()
let state = INITIAL

const dispatch = (event: ViewEvent) => {
  const next = reduced(state, event)
  if (next === state) return
  state = next
  frames.show(state)
}

const tape = tapePanel(root, (command) => connection.send(command))
const help = helpDialog(root)
const link = banner(root, wallNow)
const frames = frameLoop({
  requestFrame: (callback) => requestAnimationFrame(callback),
  painters: [
    stationPicker(root, (id) => connection.choose(id)),
    link,
    readouts(root),
    fanChart({
      host: part(root, '#chart', HTMLElement),
      empty: part(root, '#chart-empty', HTMLElement),
      readout: part(root, '#chart-readout', HTMLElement),
    }),
    tape,
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
    announcer(root),
  ],
})

const connection = openConnection({
  // The folder that the page lies in, so that a proxy may put it anywhere.
  url: new URL('.', location.href).href,
  // After the hash, a token is never sent to a server or written to its log.
  token: new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined,
  stateNow: () => state,
  dispatch,
  wallNow,
})

// Another token is another visit.
addEventListener('hashchange', () => location.reload())
listenToKeys((action) => (action === 'help' ? help.toggle() : tape.act(action)))
// That nothing has come is no event, so a clock asks.
setInterval(() => link.paint(state, performance.now()), 1_000)
frames.show(state)
