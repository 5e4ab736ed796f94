import { Registry } from 'prom-client'

/* Preloaded into a process under test: a defect in one route. */
Registry.prototype.metrics = () => Promise.reject(new Error('a broken registry'))
