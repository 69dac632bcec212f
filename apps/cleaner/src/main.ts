import { runService } from '#service';
import { composeCleaner } from './cleaner.module.ts';

await runService('cleaner', composeCleaner);
