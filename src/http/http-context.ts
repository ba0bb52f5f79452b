/** The slice of the context that the doors over HTTP need. */
import type { GaugeContext } from './collect-gauges.ts'
import type { ReadinessContext } from './readiness.ts'

export interface HttpContext extends GaugeContext, ReadinessContext {}
