import type { LoadPlan } from '#contracts';
import { Failure } from '#contracts';
import { ALLOW_CUSTOM_STAGING_SELECT, ALLOW_INLINE_URLS } from '#sources';

export type Permissions = { readonly allowInlineUrls: boolean; readonly allowCustomStagingSelect: boolean };

/**
 * The watcher refuses such manifests, but a plan may come from elsewhere, or from before the setting was
 * changed.
 * @throws Failure inline-url-refused | options-invalid, naming the setting
 */
export function checkPermission(plan: LoadPlan, permissions: Permissions): void {
  if (plan.warehouse.kind === 'FromManifest' && !permissions.allowInlineUrls) {
    const { bucket, key } = plan.warehouse;
    const where = `s3://${bucket}/${key}`;
    throw new Failure('inline-url-refused', `${where}: ${ALLOW_INLINE_URLS} does not allow its :jdbc-url`);
  }
  const custom = plan.tables
    .flatMap((table) => table.steps)
    .some((step) => step.kind === 'Copy' && (step.stagingSelect ?? 'distinct') !== 'distinct');
  if (custom && !permissions.allowCustomStagingSelect)
    throw new Failure('options-invalid', 'the plan selects from staging with SQL of its own', {
      remedy: `Use :distinct, or allow such SQL with ${ALLOW_CUSTOM_STAGING_SELECT}: true.`,
    });
}
