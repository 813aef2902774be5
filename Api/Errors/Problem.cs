using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Tributary.Api.Json;

namespace Tributary.Api.Errors;

/// <summary>An error in the form of RFC 9457, with its stable code.</summary>
/// <param name="Type">A name for the kind of error: <c>urn:tributary:error:</c> and the code.</param>
/// <param name="Title">The same for all errors of this code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was found and what is allowed.</param>
/// <param name="Code">Stable, for programs.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Code)
{
    public const string MediaType = "application/problem+json";

    public static Problem Of(string code, string detail)
    {
        var (status, title) = ErrorCodes.Of(code);
        return new Problem("urn:tributary:error:" + code, title, status, detail, code);
    }

    /// <summary>The error as callers may see it.</summary>
    public static Problem Of(Exception error) =>
        error switch
        {
            TributaryException known when ErrorCodes.Of(known.Code).Status != 500 => Of(known.Code, known.Message),
            TimeoutException late => Of(ErrorCodes.TimedOut, late.Message),
            BadHttpRequestException { StatusCode: 413 } => Of(
                "body_too_large", "The body is larger than this route takes."),
            BadHttpRequestException { StatusCode: 408 } => Of("request_timeout", "The body did not come in time."),
            BadHttpRequestException bad => Of("request_invalid", bad.Message),
            _ => Of(ErrorCodes.Internal, "The server could not answer; its log says why."),
        };

    /// <summary>Answers with this error.</summary>
    /// <param name="retryAfter">After this time the same request may succeed, for <c>Retry-After</c>.</param>
    public Task WriteAsync(HttpContext context, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = Status;
        if (retryAfter is { } wait || (Status == 503 && TryDefault(out wait)))
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        if (Status == 401)
            response.Headers[HeaderNames.WWWAuthenticate] = new StringValues("Bearer realm=\"tributary\"");
        return ApiJson.WriteAsync(context, this, ApiJson.Default.Problem, MediaType);
    }

    private static bool TryDefault(out TimeSpan wait)
    {
        wait = TimeSpan.FromSeconds(1);
        return true;
    }
}
