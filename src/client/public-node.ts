// biome-ignore-all lint/performance/noReExportAll: the same surface, but for how a socket is opened
// biome-ignore-all lint/performance/noBarrelFile: what a package exports is told in one place
export { connect } from './node.ts'
export * from './public.ts'
