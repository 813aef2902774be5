using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.OpenApi;
using Tributary.Api.Aggregates;
using Tributary.Api.Batch;
using Tributary.Api.Configured;
using Tributary.Api.Feed;
using Tributary.Api.GraphQL;
using Tributary.Api.Health;
using Tributary.Api.Items;
using Tributary.Api.Kept;
using Tributary.Api.Ledger;
using Tributary.Api.Messages;
using Tributary.Api.OpenApi;
using Tributary.Api.Processing;
using Tributary.Api.Reprocessing;
using Tributary.Api.Security;
using Tributary.Messages;

namespace Tributary.Api;

/// <summary>Every route of the API with what the OpenAPI document says of it.</summary>
internal static class Routes
{
    private const string Base = "/api/v1";

    private static readonly string[] BodyCodes =
    [
        "body_not_json",
        "body_not_object",
        "body_too_deep",
        "body_too_large",
        "body_incomplete",
        "media_type_unsupported",
        "content_encoding_unsupported",
        "identifier_too_long",
        "identifier_invalid",
        "header_invalid",
        "parameter_invalid",
        "parameter_unknown",
        "external_id_conflict",
    ];

    private static readonly string[] ParameterCodes =
    [
        "parameter_missing",
        "parameter_invalid",
        "parameter_repeated",
        "parameter_unknown",
    ];

    private static readonly ParameterDoc Source = new(
        "source", "The stream that the messages come in by: 1 to 512 bytes.", JsonSchemaType.String,
        Example: PostMessage.DefaultSource);

    private static readonly ParameterDoc Key = new(
        PostMessage.KeyHeader,
        "The producer's own id of the message, 1 to 512 bytes. Sent again with the same body it gets the same answer "
        + "and is stored once; with another body it is refused.",
        JsonSchemaType.String, In: "header");

    public static void Map(IEndpointRouteBuilder app)
    {
        var node = app.ServiceProvider.GetRequiredService<ApiNode>();
        var options = app.ServiceProvider.GetRequiredService<ApiOptions>();
        var callers = app.MapGroup("").ForCallers();
        MapMessages(callers, node, options);
        MapReads(callers, node, options);
        ProcessingRoutes.Map(callers, node, Base, ParameterCodes);
        KeptRoutes.Map(callers, node, Base, ParameterCodes);
        GenerationRoutes.Map(callers, node, Base, ParameterCodes);
        foreach (var endpoint in ConfiguredPaths.Checked(options.Endpoints))
            ConfiguredRoutes.Map(callers, endpoint, node, options, BodyCodes, Key);

        MapHealth(app);
        GraphQLRoute.Map(callers);
        callers.Map("/ws/v1", ActivatorUtilities.CreateInstance<FeedSocket>(app.ServiceProvider).InvokeAsync);
    }

    public static void MapHealth(IEndpointRouteBuilder app)
    {
        var health = new HealthEndpoints(app.ServiceProvider.GetRequiredService<HealthCheckService>());
        var everybody = app.MapGroup("").AllowAnonymous();
        Get(
            everybody, "/health/live", HealthEndpoints.LiveAsync, "live", "health", "Is the process up?",
            "Answers as long as the process does.").Answers<HealthBody>(200);
        Get(
            everybody, "/health/ready", health.ReadyAsync, "ready", "health", "Are messages taken?",
            "503 while the silo joins or stops, and while nothing can be stored.", null,
            "not_ready", "store_full", "store_transient").Answers<HealthBody>(200);
    }

    private static void MapMessages(IEndpointRouteBuilder app, ApiNode node, ApiOptions options)
    {
        var anyObject = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Any JSON object; it comes back byte for byte.",
        };
        RequestDelegate post = new PostMessage(node, options).InvokeAsync;
        app.MapPost(Base + "/messages", post)
            .Describe(
                post,
                "postMessage",
                "messages",
                "Accept a message",
                "Answers after the message is durable.",
                [Key, Source],
                BodyCodes)
            .Takes(
                anyObject,
                [MediaTypes.Json],
                $"One JSON object of at most {options.MaxBodyBytes} bytes.",
                """{"sensor":"s-7","celsius":21.5}""")
            .Answers<Accepted>(
                202,
                example: """{"id":"019a8f3c-2b1e-7c11-9a4e-3f6b1c2d4e5f","item":"019a8f3c-2b1e-7c11-9a4e-3f6b1c2d4e5f","cursor":"AQ-PrVvZy0afoWVwhncolQ4AAAAAAAEAAg"}""");

        RequestDelegate batch = ActivatorUtilities.CreateInstance<PostBatch>(app.ServiceProvider).InvokeAsync;
        app.MapPost(Base + "/messages/batch", batch)
            .Describe(
                batch, "postBatch", "messages", "Accept many messages",
                "One JSON object per line; streamed. Each line gets one line of the answer, in order and as soon as it "
                + "is durable; a bad line is reported by its number and harms no other. With an Idempotency-Key, line "
                + "n has the external id KEY/n, so that the whole batch can be sent again. Results should be read "
                + "while lines are sent.",
                [Key, Source],
                "media_type_unsupported",
                "content_encoding_unsupported",
                "header_invalid",
                "parameter_invalid",
                "parameter_unknown")
            .Takes(
                new OpenApiSchema { Type = JsonSchemaType.String }, Http.BodyTypes.Lines,
                "Newline-delimited JSON in UTF-8.", "{\"sensor\":\"s-7\"}\n{\"sensor\":\"s-8\"}\n")
            .Answers<BatchResult>(
                200,
                Http.BodyTypes.Lines[0],
                "{\"line\":1,\"status\":202,\"id\":\"…\",\"item\":\"…\",\"cursor\":\"…\"}\n{\"line\":2,\"status\":400,\"code\":\"body_not_json\",\"detail\":\"…\"}\n");
    }

    private static void MapReads(IEndpointRouteBuilder app, ApiNode node, ApiOptions options)
    {
        Get(
                app,
                Base + "/messages",
                new ListMessages(node, options).InvokeAsync,
                "listMessages",
                "messages",
                "Read messages",
                "Two ways. Pages: `offset` and `limit`, newest first; give the `paginationId` of the first page with "
                + "the further ones, and they show every message that existed then exactly once. Everything: `after` "
                + "and `limit`, oldest first, at the same cost everywhere; the answer is then `{messages, next, "
                + "complete}`, and `next` is the `after` of the next read.",
                [
                    new(
                        "offset",
                        $"How many messages to skip, at most {ListMessages.MaxOffset}. Required with pages.",
                        JsonSchemaType.Integer,
                        Example: "0"),
                    new(
                        "limit",
                        $"How many messages to read; above {ListMessages.MaxLimit} it is {ListMessages.MaxLimit}.",
                        JsonSchemaType.Integer,
                        IsRequired: true,
                        Example: "20"),
                    new("paginationId", "Digits, from an earlier page.", JsonSchemaType.String),
                    new("after", "A cursor, or start: reads what was committed after it.", JsonSchemaType.String),
                    new("cursors", "With after: 1 makes each message {cursor, message}.", JsonSchemaType.Boolean),
                ],
                [.. ParameterCodes, "offset_too_large", "cursor_invalid", "cursor_of_another_history"])
            .Answers<MessagePage>(200)
            .OrAnswers<MessageRun>(200)
            .OrAnswers<MessageRunWithCursors>(200);
        Get(
                app,
                Base + "/messages/{id}",
                new GetMessage(node).InvokeAsync,
                "getMessage",
                "messages",
                "What became of a message",
                "Status, source, times, item and the object as posted.",
                [
                    new(
                        "id", "The message's id.", JsonSchemaType.String, In: "path",
                        Example: "01890a5d-ac96-774b-bcce-b302099a8057"),
                ],
                "parameter_invalid",
                "message_not_found")
            .Answers<MessageBody>(200);
        Get(
                app,
                Base + "/items/{**id}",
                new GetItem(node).InvokeAsync,
                "getItem",
                "items",
                "Read an item",
                "Asks the item itself: a message that was acknowledged before is in the answer.",
                [
                    new(
                        "id", "The item's id, percent-encoded: a slash as %2F.", JsonSchemaType.String, In: "path",
                        Example: "s-7"),
                ],
                "parameter_invalid",
                "item_not_found")
            .Answers<ItemBody>(200);
        Get(
                app,
                Base + "/aggregates",
                new ListAggregates(node).InvokeAsync,
                "listAggregates",
                "aggregates",
                "What is counted",
                "The definitions of the configuration, then those that are stored and not counted any more.")
            .Answers<AggregateList>(200);
        Get(
                app,
                Base + "/aggregates/{name}",
                new ReadAggregate(node).InvokeAsync,
                "readAggregate",
                "aggregates",
                "Read an aggregate",
                "Its rows by window, then group, as committed.",
                [
                    new(
                        "name", "The aggregate's name.", JsonSchemaType.String, In: "path",
                        Example: "quakes-by-network"),
                    new(
                        "group",
                        "Only this group: a JSON array of its values in the order of the definition.",
                        JsonSchemaType.String,
                        Example: "[\"us\"]"),
                    new(
                        "from",
                        "Only windows that start at this time or later: ISO 8601, or milliseconds since 1970.",
                        JsonSchemaType.String),
                    new("to", "Only windows that start before this time.", JsonSchemaType.String),
                    new("limit", "How many rows, 100 if not given; above 1000 it is 1000.", JsonSchemaType.Integer),
                    new("after", "The next of the page before.", JsonSchemaType.String),
                ],
                [.. ParameterCodes, "group_invalid", "aggregate_not_found"])
            .Answers<AggregateRows>(200);
        Get(
                app,
                Base + "/ledger",
                new GetLedger(node).InvokeAsync,
                "getLedger",
                "ledger",
                "Prove that nothing is lost",
                "Every accepted message is in exactly one status.",
                [new("verify", "true: also counts the rows, in the same snapshot.", JsonSchemaType.Boolean)],
                ParameterCodes)
            .Answers<LedgerBody>(200);
    }

    public static IEndpointConventionBuilder Get(
        IEndpointRouteBuilder app,
        string path,
        RequestDelegate handler,
        string name,
        string tag,
        string summary,
        string description,
        IReadOnlyList<ParameterDoc>? parameters = null,
        params string[] codes
    ) => app.MapGet(path, handler).Describe(handler, name, tag, summary, description, parameters, codes);
}
