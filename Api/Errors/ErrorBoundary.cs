using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tributary.Api.Errors;

/// <summary>Turns exceptions of endpoints, and statuses without a body, into problem+json.</summary>
public sealed partial class ErrorBoundary(RequestDelegate next, ILogger<ErrorBoundary> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception error)
            when (context.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            // The client closed the connection, so nobody reads an answer.
            return;
        }
        catch (Exception error)
        {
            await AnswerAsync(context, error);
            return;
        }

        if (context.Response is
            { HasStarted: false, ContentLength: null, ContentType: null, StatusCode: >= 400 and var status })
            await Bare(context, status).WriteAsync(context);
    }

    private async Task AnswerAsync(HttpContext context, Exception error)
    {
        var problem = Problem.Of(error);
        if (problem.Status == 500)
            LogFailed(error, context.Request.Method, context.Request.Path);
        if (context.Response.HasStarted)
        {
            // The answer has begun. Aborting the connection shows the client that it is incomplete.
            context.Abort();
            return;
        }

        var allow = context.Response.Headers.Allow;
        await problem.WriteAsync(context, (error as OverloadedException)?.RetryAfter);
        if (allow.Count > 0)
            context.Response.Headers.Allow = allow;
    }

    private static Problem Bare(HttpContext context, int status) =>
        status switch
        {
            404 => Problem.Of(
                "not_found", $"There is nothing at {context.Request.Path}; /openapi/v1.json lists what there is."),
            405 => Problem.Of(
                "method_not_allowed", $"Found {context.Request.Method}; allowed: {context.Response.Headers.Allow}."),
            413 => Problem.Of("body_too_large", "The body is larger than this route takes."),
            415 => Problem.Of("media_type_unsupported", "The media type is not one that this route takes."),
            >= 500 => Problem.Of(ErrorCodes.Internal, "The server could not answer; its log says why."),
            _ => Problem.Of("request_invalid", $"The request was answered with status {status}.") with
            {
                Status = status,
            },
        };
}
