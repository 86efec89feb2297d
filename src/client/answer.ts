import { ApiError, type ErrorBody, NetworkError } from './errors.ts'

/**
 * What a server says that refuses.
 * @throws {NetworkError} for a redirect, which no endpoint answers with
 */
export async function refusalIn(response: Response): Promise<ApiError> {
  const { status, headers, type } = response
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw new NetworkError('The server redirects elsewhere; give the client the address it leads to')
  }
  return new ApiError({ ...errorIn(await response.text(), status), statusCode: status }, secondsIn(headers))
}

/** LoopBack's error body; something like it where a proxy answered in the server's place. */
function errorIn(text: string, statusCode: number): ErrorBody {
  try {
    const { error } = JSON.parse(text)
    if (typeof error.message === 'string') return error
  } catch {
    // Not JSON, or none of ours.
  }
  return { statusCode, name: 'Error', message: `The server answered with the status ${statusCode}` }
}

function secondsIn(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  return /^\d+$/.test(value) ? Number(value) : undefined
}
