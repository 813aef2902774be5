using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.OpenApi;
using Tributary.Api.Aggregates;
using Tributary.Api.Batch;
using Tributary.Api.Cluster;
using Tributary.Api.ConfiguredEndpoints;
using Tributary.Api.FailedCalls;
using Tributary.Api.Feed;
using Tributary.Api.GraphQL;
using Tributary.Api.Health;
using Tributary.Api.HeldWork;
using Tributary.Api.Http;
using Tributary.Api.Items;
using Tributary.Api.Ledger;
using Tributary.Api.Messages;
using Tributary.Api.OpenApi;
using Tributary.Api.Processing;
using Tributary.Api.Reprocessing;
using Tributary.Api.Security;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Api;

/// <summary>
/// Every route of the API: method, path, operation id, handler, answer and errors. <c>OpenApi/Operations/</c> holds the
/// words of the OpenAPI document, by operation id.
/// </summary>
internal static class Routes
{
    private const string Root = "/api/v1";

    private static readonly string[] ParameterCodes =
        ["parameter_missing", "parameter_invalid", "parameter_repeated", "parameter_unknown"];

    private static readonly string[] CommandCodes =
        [.. ParameterCodes, "request_invalid", "roles_apart", "overloaded"];

    private static readonly string[] GenerationCodes =
        [.. ParameterCodes, "roles_apart", "generation_not_found", "aggregate_of_plugin"];

    private static readonly string[] BodyCodes =
    [
        "body_not_json", "body_not_object", "body_too_deep", "body_too_large", "body_incomplete",
        "media_type_unsupported", "content_encoding_unsupported", "identifier_too_long", "identifier_invalid",
        "header_invalid", "parameter_invalid", "parameter_unknown", "external_id_conflict",
    ];

    private static readonly string[] BatchCodes =
    [
        "media_type_unsupported", "content_encoding_unsupported", "header_invalid", "parameter_invalid",
        "parameter_unknown",
    ];

    /// <exception cref="FormatException">The routes and the texts of the OpenAPI document differ.</exception>
    public static void Map(IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var node = services.GetRequiredService<ApiNode>();
        var options = services.GetRequiredService<ApiOptions>();
        var texts = TextsOf(options);
        var guarded = app.MapGroup("").ForCallers();
        var callers = new OperationRoutes(guarded, texts, Root, "unauthorized", "origin_not_allowed");

        MapMessages(callers, services, node, options);
        MapReads(callers, node, new CountedBefore(node, services.GetRequiredService<TimeProvider>()));
        MapFailures(callers, node);
        MapResults(callers, node);
        MapFailedCalls(callers, node);
        MapGenerations(callers, new GenerationRequests(node));
        MapConfigured(callers, services.GetRequiredService<TimeProvider>(), node, options, texts);
        MapHealth(app, texts);
        GraphQLRoute.Map(guarded);
        guarded.Map("/ws/v1", ActivatorUtilities.CreateInstance<FeedSocket>(services).InvokeAsync);

        callers.Check();
        texts.CheckAllUsed();
    }

    /// <summary>Maps the health of a process that serves nothing else.</summary>
    public static void MapHealth(IEndpointRouteBuilder app) =>
        MapHealth(app, TextsOf(app.ServiceProvider.GetRequiredService<ApiOptions>()));

    private static void MapMessages(
        OperationRoutes callers, IServiceProvider services, ApiNode node, ApiOptions options)
    {
        var anyObject = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Any JSON object; it comes back byte for byte.",
        };
        var anyText = new OpenApiSchema { Type = JsonSchemaType.String };
        var batch = ActivatorUtilities.CreateInstance<PostBatch>(services);

        callers.Post("/messages", "postMessage", new PostMessage(node, options).InvokeAsync)
            .Takes(anyObject, MediaTypes.Json).Answers<Accepted>(202).Fails(BodyCodes);
        callers.Post("/messages/batch", "postBatch", batch.InvokeAsync)
            .Takes(anyText, BodyTypes.Lines).Answers<BatchResult>(200, BodyTypes.Lines[0]).Fails(BatchCodes);
        callers.Get("/messages", "listMessages", new ListMessages(node, options).InvokeAsync)
            .Answers<MessagePage>().OrAnswers<MessageRun>().OrAnswers<MessageRunWithCursors>()
            .Fails([.. ParameterCodes, "offset_too_large", "cursor_invalid", "cursor_of_another_history"]);
        callers.Get("/messages/{id}", "getMessage", new GetMessage(node).InvokeAsync)
            .Answers<MessageBody>().Fails("parameter_invalid", "message_not_found");
    }

    private static void MapReads(OperationRoutes callers, ApiNode node, CountedBefore counted)
    {
        callers.Get("/items/{**id}", "getItem", new GetItem(node).InvokeAsync)
            .Answers<ItemBody>().Fails("parameter_invalid", "item_not_found");
        callers.Get("/aggregates", "listAggregates", new ListAggregates(node).InvokeAsync)
            .Answers<AggregateList>();
        callers.Get("/aggregates/{name}", "readAggregate", new ReadAggregate(node, counted).InvokeAsync)
            .Answers<AggregateRows>().Fails(
                [
                    .. ParameterCodes, "group_invalid", "aggregate_not_found", "cursor_invalid",
                    "cursor_of_another_history", "not_counted_yet",
                ]);
        callers.Get("/ledger", "getLedger", new GetLedger(node).InvokeAsync)
            .Answers<LedgerBody>().Fails(ParameterCodes);
        var cordons = new CordonSilo(node);
        callers.Post("/cluster/drain", "drainSilo", cordons.DrainAsync)
            .Answers<SiloBody>()
            .Fails([.. ParameterCodes, "request_invalid", "silo_not_found", "last_silo", "silo_too_old"]);
        callers.Post("/cluster/uncordon", "uncordonSilo", cordons.UncordonAsync)
            .Answers<SiloBody>().Fails([.. ParameterCodes, "request_invalid", "silo_not_found"]);
        callers.Get("/cluster", "getCluster", new GetCluster(node).InvokeAsync)
            .Answers<ClusterBody>();
    }

    private static void MapFailures(OperationRoutes callers, ApiNode node)
    {
        var retryOne = new ChangeMessage(node, static async (item, sequence, plugins) =>
            (await item.Retry(new RetryRequest(sequence, plugins))).Started);
        var parkOne = new ChangeMessage(node, static async (item, sequence, plugins) =>
            (await item.Park(new ParkRequest(sequence, plugins))).Parked);

        callers.Get("/failures", "listFailures", new ListFailures(node).InvokeAsync)
            .Answers<FailureList>().Fails(ParameterCodes);
        callers.Post("/failures/retry", "retryFailures", new ChangeFailures(node.Failed.RetryAsync).InvokeAsync)
            .Answers<FailureChangeBody>().Fails(CommandCodes);
        callers.Post("/failures/park", "parkFailures", new ChangeFailures(node.Failed.ParkAsync).InvokeAsync)
            .Answers<FailureChangeBody>().Fails(CommandCodes);
        callers.Post("/messages/{id}/retry", "retryMessage", retryOne.InvokeAsync)
            .Answers<MessageChangeBody>().Fails([.. CommandCodes, "message_not_found"]);
        callers.Post("/messages/{id}/park", "parkMessage", parkOne.InvokeAsync)
            .Answers<MessageChangeBody>().Fails([.. CommandCodes, "message_not_found"]);
    }

    private static void MapResults(OperationRoutes callers, ApiNode node)
    {
        callers.Get("/records/{plugin}", "listRecords", new ListRecords(node).InvokeAsync)
            .Answers<RecordList>().Fails([.. ParameterCodes, "plugin_not_found"]);
        callers.Get("/plugins", "listPlugins", new ListPlugins(node).InvokeAsync)
            .Answers<PluginList>();
    }

    private static void MapFailedCalls(OperationRoutes callers, ApiNode node)
    {
        var retry = new RetryFailedCalls(node);

        callers.Get("/failed-calls", "listFailedCalls", new ListFailedCalls(node).InvokeAsync)
            .Answers<FailedCallList>().Fails(ParameterCodes);
        callers.Post("/failed-calls/{id}/retry", "retryFailedCall", retry.OneAsync)
            .Answers<AgainBody>().Fails([.. CommandCodes, "failed_call_not_found", "failed_call_incomplete"]);
        callers.Post("/failed-calls/retry", "retryFailedCalls", retry.AllAsync)
            .Answers<FailedCallsChangeBody>().Fails(CommandCodes);
        callers.Get("/held", "listHeld", new ListHeldWork(node).InvokeAsync)
            .Answers<HeldList>().Fails(ParameterCodes);
    }

    private static void MapGenerations(OperationRoutes callers, GenerationRequests requests)
    {
        callers.Get("/generations", "listGenerations", requests.ListAsync)
            .Answers<GenerationList>().Fails("roles_apart");
        callers.Get("/reprocess", "listReplays", requests.ReadReplaysAsync)
            .Answers<GenerationList>().Fails("roles_apart");
        callers.Post("/reprocess", "reprocess", requests.ReprocessAsync)
            .Answers<GenerationBody>(202).Fails([.. GenerationCodes, "replay_running", "replay_bounds_fixed"]);
        callers.Post("/reprocess/cancel", "cancelReprocess", requests.CancelAsync)
            .Answers<GenerationList>().Fails(GenerationCodes);
        callers.Post("/generations/{name}/switch", "switchGeneration", requests.SwitchAsync)
            .Answers<GenerationList>()
            .Fails([.. GenerationCodes, "generation_not_built", "generation_not_fed", "generation_dropped"]);
        callers.Post("/generations/{name}/drop", "dropGeneration", requests.DropAsync)
            .Answers<GenerationList>().Fails([.. GenerationCodes, "generation_live", "generation_configured"]);
    }

    private static void MapConfigured(
        OperationRoutes callers, TimeProvider time, ApiNode node, ApiOptions options, OperationTexts texts)
    {
        foreach (var definition in ConfiguredPaths.Checked(options.Endpoints))
        {
            var endpoint = new ConfiguredEndpoint(definition, node, options, time);
            ConfiguredRoutes.Map(callers, definition, endpoint, texts.Of("postMessage"), BodyCodes);
        }
    }

    private static void MapHealth(IEndpointRouteBuilder app, OperationTexts texts)
    {
        var health = new HealthEndpoints(app.ServiceProvider.GetRequiredService<HealthCheckService>());
        var everybody = new OperationRoutes(app.MapGroup("").AllowAnonymous(), texts, root: "");

        everybody.Get("/health/live", "live", HealthEndpoints.LiveAsync)
            .Answers<HealthBody>();
        everybody.Get("/health/ready", "ready", health.ReadyAsync)
            .Answers<HealthBody>().Fails("not_ready", "store_full", "store_transient");

        everybody.Check();
    }

    private static OperationTexts TextsOf(ApiOptions options) => OperationTexts.Load(new Dictionary<string, int>
    {
        ["maxBodyBytes"] = options.MaxBodyBytes,
        ["maxOffset"] = ListMessages.MaxOffset,
        ["maxLimit"] = ListMessages.MaxLimit,
    });
}
