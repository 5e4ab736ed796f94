import * as tf from '@tensorflow/tfjs'
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm'
import { errorMessage, TickcastError } from '../domain/errors.ts'
import { loadKernel } from '../kernel/load-kernel.ts'
import { describeKernel } from '../networks/describe-networks.ts'
import { BACKEND_NAMES, type Backend, type BackendChoice, type BackendName } from './backend-choice.ts'
import { registerFusedKernel, unregisterFusedKernel } from './register.ts'

/** tfjs-node registers itself under another name than its own; beside the kernel, what is left is quickest on cpu. */
const BACKENDS: Record<BackendName, string> = {
  fused: 'cpu',
  'tfjs-node': 'tensorflow',
  wasm: 'wasm',
  cpu: 'cpu',
}

/** Starts the backend that was asked for, or the best that works; its report is what was chosen and why. */
export async function startBackend(choice: BackendChoice): Promise<Backend> {
  tf.enableProdMode() // also keeps the cpu backend from advertising tfjs-node on the terminal
  const reasons: string[] = []
  for (const name of candidates(choice)) {
    const outcome = await start(name)
    if ('report' in outcome) {
      const { report } = outcome
      return { name, report: reasons.length === 0 ? report : `${report} (${reasons.join('; ')})` }
    }
    reasons.push(`${name}: ${outcome.reason}`)
  }
  throw new TickcastError('usage', `no engine to train the network with: ${reasons.join('; ')}`)
}

function candidates(choice: BackendChoice): readonly BackendName[] {
  if (choice === 'auto') return BACKEND_NAMES
  return choice === 'stock' ? BACKEND_NAMES.filter((name) => name !== 'fused') : [choice]
}

/** What runs, or why it does not. */
type Outcome = { readonly report: string } | { readonly reason: string }

async function start(name: BackendName): Promise<Outcome> {
  try {
    // Whether layers are fused is whether the kernel is there; a backend that was started before may have left it.
    unregisterFusedKernel()
    if (name === 'tfjs-node') await import(OPTIONAL)
    if (name === 'wasm') setThreadsCount(1) // sums in one order, so one seed gives the same weights everywhere
    if (!(await tf.setBackend(BACKENDS[name]))) return { reason: 'does not start here' }
    if (probe() !== 4) return { reason: 'computes wrongly here' }
    return name === 'fused' ? startKernel() : { report: name }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

function startKernel(): Outcome {
  const kernel = loadKernel()
  if (!kernel) return { reason: 'no build of the kernel runs here' }
  registerFusedKernel(kernel)
  return { report: `${describeKernel(kernel)} within tfjs ${BACKENDS.fused}` }
}

/** By a name that the compiler does not follow: the package is absent from most installations. */
const OPTIONAL: string = '@tensorflow/tfjs-node'

/** tfjs-node 4.22 loads on Node 23 and later, and throws only once it has to compute. */
function probe(): number | undefined {
  return tf.tidy(
    () =>
      tf
        .ones([1, 4])
        .matMul(tf.ones([4, 1]))
        .dataSync()[0],
  )
}

function reasonOf(error: unknown): string {
  const message = errorMessage(error)
  if (/cannot find (package|module)/i.test(message)) return 'not installed'
  if (/native addon module/.test(message)) return 'its native library was not downloaded'
  return message.split('\n', 1)[0] ?? message
}
