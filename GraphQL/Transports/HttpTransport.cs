using Microsoft.AspNetCore.Http;
using Tributary.GraphQL.Execution;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// GraphQL over HTTP: POST and GET, one operation per request, answers as JSON or as an event stream.
/// </summary>
internal sealed class HttpTransport(GraphQLEngine engine, GraphQLHttpOptions options)
{
    public async Task Handle(HttpContext http)
    {
        var mediaType = MediaTypes.Negotiate(http.Request);
        var answer = mediaType ?? MediaTypes.Json;
        try
        {
            if (mediaType is null)
                throw new BadRequestException(
                    406, $"Answers are {MediaTypes.GraphQLResponse}, {MediaTypes.Json} or {MediaTypes.EventStream}.");
            CrossSiteGuard.Check(http.Request, options);
            if (HttpMethods.IsGet(http.Request.Method))
            {
                var request = RequestParser.FromQuery(http.Request.Query, options.Persisted) with
                {
                    QueriesOnly = mediaType != MediaTypes.EventStream,
                };
                await Answer(http, request, mediaType);
            }
            else if (HttpMethods.IsPost(http.Request.Method))
            {
                if (!MediaTypes.IsJson(http.Request.ContentType))
                    throw new BadRequestException(415, "A request is sent as application/json in UTF-8.");
                using var body = await RequestParser.ReadBody(
                    http.Request.BodyReader, engine.Options.MaxRequestBytes, http.RequestAborted);
                await Answer(http, RequestParser.FromJson(body.RootElement, options.Persisted), mediaType);
            }
            else
            {
                http.Response.Headers.Allow = "GET, POST";
                throw new BadRequestException(405, "Requests are sent by GET or POST.");
            }
        }
        catch (BadRequestException problem)
        {
            // For clients that read application/json, an unknown hash is status 200; application/graphql-response+json
            // requires 4xx whenever there is no data.
            var status = answer == MediaTypes.GraphQLResponse ? Math.Max(problem.Status, 400) : problem.Status;
            await Write(
                http, ExecutionResult.Refused(problem.Error), status,
                answer == MediaTypes.EventStream ? MediaTypes.Json : answer);
        }
    }

    private async Task Answer(HttpContext http, GraphQLRequest request, string mediaType)
    {
        request = request with { State = options.State?.Invoke(http) };
        var isGet = HttpMethods.IsGet(http.Request.Method);
        if (isGet && engine.KindOf(request) == Language.OperationType.Mutation)
        {
            http.Response.Headers.Allow = "POST";
            throw new BadRequestException(405, "Mutations are sent by POST.");
        }
        if (mediaType == MediaTypes.EventStream)
        {
            await new EventStreamTransport(engine, options).Stream(http, request);
            return;
        }
        var result = await engine.ExecuteAsync(request, http.RequestAborted);
        // With application/json a well-formed request is always 200: older clients do not read the body of an error.
        var status = result.HasData || mediaType == MediaTypes.Json ? 200 : 400;
        await Write(http, result, status, mediaType);
    }

    private static async Task Write(HttpContext http, ExecutionResult result, int status, string mediaType)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType =
            mediaType == MediaTypes.Json
                ? "application/json; charset=utf-8"
                : "application/graphql-response+json; charset=utf-8";
        await http.Response.StartAsync(http.RequestAborted);
        // No flush here: the server sends the body together with the end of the response, in one system call.
        result.WriteTo(http.Response.BodyWriter);
    }
}
