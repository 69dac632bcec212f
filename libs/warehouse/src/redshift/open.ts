import { Failure } from '#contracts';
import type { Warehouse } from '../warehouse.ts';

/** @throws Failure `warehouse-unknown`: this release renders plans for Redshift, and does not run them */
export function openRedshift({ name }: { readonly name: string }): Warehouse {
  throw new Failure('warehouse-unknown', `warehouse ${name}: the redshift dialect does not run plans yet`, {
    remedy: 'Use dialect: postgres; running plans on Redshift comes with the next release.',
  });
}
