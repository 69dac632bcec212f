import { runService } from '#service';
import { composeLoader } from './loader.module.ts';

await runService('loader', composeLoader);
