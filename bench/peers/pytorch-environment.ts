/**
 * Settings that choose what a library of PyTorch's computes with: which processor's code, which cache sizes, how many
 * threads. A shell that has them for another purpose would otherwise slow the peer down by up to two fifths.
 */
const TUNES = /^(OPENBLAS|GOTO|OMP|MKL|BLIS|ATEN|DNNL|ONEDNN|NVPL)_/

/** The environment for PyTorch at its best on one thread: its libraries find out for themselves what the processor has. */
export function pytorchEnvironment(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !TUNES.test(name))
  return { ...Object.fromEntries(kept), OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
}
