import { runService } from '#service';
import { composeWatcher } from './watcher.module.ts';

await runService('watcher', composeWatcher);
