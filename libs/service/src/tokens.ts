export const READINESS = Symbol('readiness');
export const METRICS = Symbol('metrics');
