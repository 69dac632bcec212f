import { Catch } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Hands what a controller threw to the lane as it is. Nest's own filter would turn it into "Internal server
 * error",
 * and the lane could no longer tell a warehouse that is away from a defect.
 */
@Catch()
export class PassFailureOn implements RpcExceptionFilter {
  catch(thrown: unknown): Observable<never> {
    return throwError(() => thrown);
  }
}
