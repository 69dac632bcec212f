import { describe, expect, it } from 'vitest';
import type { LoadPlan, WarehouseRef } from '#contracts';
import { parseETag, parseWarehouseName } from '#contracts';
import { checkPermission } from './check-permission.ts';

const named: WarehouseRef = { kind: 'Named', name: parseWarehouseName('main') };
const inline: WarehouseRef = { kind: 'FromManifest', bucket: 'b', key: 'manifest.edn', etag: parseETag('e') };

function planOf(warehouse: WarehouseRef, stagingSelect?: string): LoadPlan {
  const copy = {
    kind: 'Copy',
    files: { kind: 'Inline', refs: [] },
    columns: ['a'],
    options: '',
    apply: 'merge',
    keys: ['a'],
    ...(stagingSelect !== undefined && { stagingSelect }),
  } as const;
  const tables = [{ target: { schema: 'public', table: 't' }, steps: [copy] }];
  return { warehouse, once: { kind: 'EachFile' }, tables, statementTimeoutMs: 1 };
}

const nothing = { allowInlineUrls: false, allowCustomStagingSelect: false };
const all = { allowInlineUrls: true, allowCustomStagingSelect: true };

describe('what a plan may do', () => {
  it('refuses an inline url and SQL of its own, naming the setting', () => {
    expect(() => checkPermission(planOf(inline), nothing)).toThrow('manifests.allowInlineUrls');
    const own = planOf(named, 'select * from {{table}}');
    expect(() => checkPermission(own, nothing)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('manifests.allowCustomStagingSelect') }),
    );
  });

  it('lets both through where the configuration allows them, and distinct always', () => {
    expect(() => checkPermission(planOf(inline, 'select 1'), all)).not.toThrow();
    expect(() => checkPermission(planOf(named, 'distinct'), nothing)).not.toThrow();
    expect(() => checkPermission(planOf(named), nothing)).not.toThrow();
  });
});
