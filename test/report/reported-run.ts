/** How a run went that never was. */
export const RUN = {
  data: 'some<file>.csv',
  station: 'pond',
  target: 'T (degC)',
  unit: 'K',
  source: 'replay',
  published: 'mixture',
  from: '2009-11-22T00:00:00Z',
  until: '2010-02-10T00:00:00Z',
  scoreFrom: null,
  seed: 7,
  rows: 1920,
  forecasts: 1920,
  engine: 'none',
  network: 'none',
  wallSeconds: 1,
  peakMemoryBytes: 1e8,
} as const
