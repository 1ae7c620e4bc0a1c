/** An answer of GitHub's that is not a success. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status}: ${String(body["message"])}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The usual shape of an error. */
export function apiError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ApiError {
  const body = { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
  return new ApiError(status, body, headers);
}

/** 422 with what is wrong with which field. */
export function validationError(resource: string, field: string, message: string): ApiError {
  return new ApiError(422, {
    message: "Validation Failed",
    errors: [{ resource, code: "custom", field, message }],
    documentation_url: "https://docs.github.com/rest",
    status: "422",
  });
}
