import assert from 'node:assert/strict';
import { archiveKey, openVersion } from '#object-store';
import { ARCHIVE, DELETE, KEEP, clean, keysOf, listOf, outcomes, request, upload } from './clean-ground.ts';
import type { Ground } from './clean-ground.ts';

export type CleanStory = { readonly title: string; readonly run: (ground: Ground) => Promise<void> };

export const CLEAN_STORIES: readonly CleanStory[] = [
  {
    title: 'exactly the loaded objects are deleted',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/a b.csv'), await upload(ground, 'd/ü+%2B.csv')];
      await upload(ground, 'd/other.csv');
      const { completed, sweeps } = await clean(ground, request(refs));
      assert.deepEqual(outcomes(completed), ['d/a b.csv: deleted', 'd/ü+%2B.csv: deleted']);
      assert.deepEqual(completed.counts, [{ outcome: 'deleted', count: 2 }]);
      assert.deepEqual(await keysOf(ground), ['d/other.csv']);
      assert.deepEqual(sweeps, []);
    },
  },
  {
    title: 'a file that was overwritten after its load stays, and its directory is swept',
    run: async (ground) => {
      const loaded = await upload(ground, 'd/a.csv', 'loaded');
      await upload(ground, 'd/a.csv', 'newer');
      const { completed, sweeps } = await clean(ground, request([loaded]));
      assert.deepEqual(outcomes(completed), ['d/a.csv: newer']);
      assert.deepEqual(await keysOf(ground), ['d/a.csv']);
      assert.equal(sweeps.length, 1);
      assert.deepEqual([sweeps[0]?.bucket, sweeps[0]?.directory], [ground.bucket, 'd/']);
    },
  },
  {
    title: 'the same bytes uploaded again later stay: nobody has loaded them',
    run: async (ground) => {
      const again = await upload(ground, 'd/a.csv', 'same');
      const loaded = { ...again, lastModified: again.lastModified - 1_000 };
      for (const mode of [DELETE, ARCHIVE]) {
        const { completed } = await clean(ground, request([loaded]), { mode });
        assert.deepEqual(outcomes(completed), ['d/a.csv: newer']);
      }
      assert.deepEqual(await keysOf(ground), ['d/a.csv']);
    },
  },
  {
    title: 'cleaning twice is a success',
    run: async (ground) => {
      const ref = await upload(ground, 'a.csv');
      await clean(ground, request([ref]));
      const { completed } = await clean(ground, request([ref]));
      assert.deepEqual(outcomes(completed), ['a.csv: gone']);
    },
  },
  {
    title: 'an archived file is opened from the archive by a replay, also when archived twice',
    run: async (ground) => {
      const ref = await upload(ground, 'd/ü b.csv', 'rows');
      for (const attempt of ['first', 'second']) {
        const { completed } = await clean(ground, request([ref]), { mode: ARCHIVE });
        assert.deepEqual(outcomes(completed), ['d/ü b.csv: archived'], attempt);
      }
      assert.deepEqual(await keysOf(ground), [archiveKey('archive', ref)]);
      const { body, from } = await openVersion(ground.store, ref, { archivePrefix: 'archive' });
      assert.equal(from, 'archive');
      assert.equal(String(await body.toArray()), 'rows');
    },
  },
  {
    title: 'a crash between copy and delete is made good by the repetition',
    run: async (ground) => {
      const ref = await upload(ground, 'a.csv');
      const crash = () => {
        throw new Error('killed');
      };
      await assert.rejects(clean(ground, request([ref]), { mode: ARCHIVE, trip: crash }), /killed/);
      assert.deepEqual(await keysOf(ground), ['a.csv', archiveKey('archive', ref)]);
      const { completed } = await clean(ground, request([ref]), { mode: ARCHIVE });
      assert.deepEqual(outcomes(completed), ['a.csv: archived']);
      assert.deepEqual(await keysOf(ground), [archiveKey('archive', ref)]);
    },
  },
  {
    title: 'what is to be kept is kept',
    run: async (ground) => {
      const refs = [await upload(ground, 'a.csv')];
      const byMode = await clean(ground, request(refs), { mode: KEEP });
      const byPlan = await clean(ground, request(refs, { dataAction: 'keep' }));
      for (const { completed } of [byMode, byPlan]) assert.deepEqual(outcomes(completed), ['a.csv: kept']);
      assert.deepEqual(await keysOf(ground), ['a.csv']);
    },
  },
  {
    title: 'data and manifest are kept when the plan keeps both',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/a.csv')];
      // The loader names a manifest only when it is to be removed.
      const { completed } = await clean(ground, request(refs, { dataAction: 'keep' }));
      assert.deepEqual(outcomes(completed), ['d/a.csv: kept']);
    },
  },
  {
    title: 'data and manifest go, in each mode as it removes, when the plan keeps neither',
    run: async (ground) => {
      for (const [mode, outcome] of [[DELETE, 'deleted'] as const, [ARCHIVE, 'archived'] as const]) {
        const refs = [await upload(ground, 'd/a.csv')];
        const manifest = await upload(ground, 'd/manifest.edn');
        const { completed } = await clean(ground, request(refs, { manifest }), { mode });
        assert.deepEqual(outcomes(completed), [`d/a.csv: ${outcome}`, `d/manifest.edn: ${outcome}`]);
      }
      assert((await keysOf(ground)).every((key) => key.startsWith('archive/')));
    },
  },
  {
    title: 'in alternate mode the data stay and the manifest goes',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/a.csv')];
      const manifest = await upload(ground, 'd/manifest.edn');
      const { completed } = await clean(ground, request(refs, { dataAction: 'keep', manifest }));
      assert.deepEqual(outcomes(completed), ['d/a.csv: kept', 'd/manifest.edn: deleted']);
      assert.deepEqual(await keysOf(ground), ['d/a.csv']);
    },
  },
  {
    title: 'a manifest that holds the url of its warehouse is archived even where all else is deleted',
    run: async (ground) => {
      const table = 'inline:b/d/manifest.edn/public.t';
      const refs = [await upload(ground, 'd/a.csv')];
      const manifest = await upload(ground, 'd/manifest.edn');
      for (const data of ['deleted', 'gone']) {
        const { completed } = await clean(ground, request(refs, { manifest }), { table });
        assert.deepEqual(outcomes(completed), [`d/a.csv: ${data}`, 'd/manifest.edn: archived']);
      }
      const found = await openVersion(ground.store, manifest, { archivePrefix: 'archive' });
      found.body.destroy();
      assert.equal(found.from, 'archive');
      assert.equal((await keysOf(ground)).length, 1);
    },
  },
  {
    title: 'the manifest stays while newer data wait for it',
    run: async (ground) => {
      const loaded = await upload(ground, 'd/a.csv', 'loaded');
      await upload(ground, 'd/a.csv', 'newer');
      const manifest = await upload(ground, 'd/manifest.edn');
      const { completed } = await clean(ground, request([loaded], { manifest }));
      assert.deepEqual(outcomes(completed), ['d/a.csv: newer', 'd/manifest.edn: kept']);
    },
  },
  {
    title: 'a manifest that was changed stays, and its directory is swept',
    run: async (ground) => {
      const manifest = await upload(ground, 'd/manifest.edn', 'loaded');
      await upload(ground, 'd/manifest.edn', 'edited');
      const { completed, sweeps } = await clean(ground, request([], { manifest }));
      assert.deepEqual(outcomes(completed), ['d/manifest.edn: newer']);
      assert.deepEqual(
        sweeps.map(({ directory }) => directory),
        ['d/'],
      );
    },
  },
  {
    title: 'the files of a list are deleted, then the list; once more finds nothing left',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/1'), await upload(ground, 'd/2'), await upload(ground, 'd/3')];
      const list = await listOf(ground, refs);
      const asked = request([], { data: { kind: 'Listed', list } });
      const { completed } = await clean(ground, asked);
      assert.deepEqual(completed.counts, [{ outcome: 'deleted', count: 3 }]);
      assert.deepEqual(await keysOf(ground), []);
      assert.deepEqual((await clean(ground, asked)).completed.counts, []);
    },
  },
  {
    title: 'a list is archived with its files, so that a replay finds both',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/1')];
      const list = await listOf(ground, refs);
      const asked = request([], { data: { kind: 'Listed', list } });
      await clean(ground, asked, { mode: ARCHIVE });
      assert((await keysOf(ground)).every((key) => key.startsWith('archive/')));
      const { completed } = await clean(ground, asked, { mode: ARCHIVE });
      assert.deepEqual(completed.counts, [{ outcome: 'archived', count: 1 }]);
    },
  },
  {
    title: 'a list goes with its load although the files it names are kept',
    run: async (ground) => {
      const refs = [await upload(ground, 'd/1'), await upload(ground, 'd/2')];
      for (const [more, mode] of [[{ dataAction: 'keep' }, DELETE] as const, [{}, KEEP] as const]) {
        const list = await listOf(ground, refs);
        await clean(ground, request([], { data: { kind: 'Listed', list }, ...more }), { mode });
        assert.deepEqual(await keysOf(ground), ['d/1', 'd/2'], mode.kind);
      }
    },
  },
  {
    title: 'a list of kept files is archived where the others are',
    run: async (ground) => {
      const list = await listOf(ground, [await upload(ground, 'd/1')]);
      const asked = request([], { data: { kind: 'Listed', list }, dataAction: 'keep' });
      await clean(ground, asked, { mode: ARCHIVE });
      assert.deepEqual(await keysOf(ground), [archiveKey('archive', list), 'd/1']);
    },
  },
];
