using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Tributary.Api.OpenApi;

namespace Tributary.Api.Reprocessing;

/// <summary>The routes of generations and of replays that build them.</summary>
internal static class GenerationRoutes
{
    private static readonly ParameterDoc[] Which =
    [
        new("aggregate", "The aggregate's name; this or plugin.", JsonSchemaType.String, Example: "quakes-by-network"),
        new("plugin", "The plugin's name; this or aggregate.", JsonSchemaType.String),
    ];

    private static readonly ParameterDoc[] Numbered =
    [
        new(
            "name", "The aggregate's name, or plugin: and the plugin's.", JsonSchemaType.String, In: "path",
            Example: "quakes-by-network"),
        new("generation", "The generation's number.", JsonSchemaType.Integer, IsRequired: true, Example: "2"),
    ];

    public static void Map(IEndpointRouteBuilder app, ApiNode node, string root, string[] parameterCodes)
    {
        var requests = new GenerationRequests(node);
        string[] codes = [.. parameterCodes, "roles_apart", "generation_not_found", "aggregate_of_plugin"];
        Routes
            .Get(
                app,
                root + "/generations",
                requests.ListAsync,
                "listGenerations",
                "generations",
                "The generations of aggregates and plugins",
                "Which of them readers see, which messages are counted in, and how far they are built.",
                null,
                "roles_apart")
            .Answers<GenerationList>(200);
        Routes
            .Get(
                app, root + "/reprocess", requests.ReadReplaysAsync, "listReplays", "generations",
                "How far generations are built", "Those for which it was asked.", null, "roles_apart")
            .Answers<GenerationList>(200);
        Post(
            app, root + "/reprocess", requests.ReprocessAsync, "reprocess", "Build a generation from stored messages",
            "Runs stored messages through the plugin or aggregate as it is configured now, beside what readers see, "
            + "while messages keep coming. Goes on where it ended before.",
            [
                .. Which,
                new("from", "Only messages accepted at this time or later.", JsonSchemaType.String),
                new("to", "Only messages accepted before this time.", JsonSchemaType.String),
            ],
            [.. codes, "replay_running", "replay_bounds_fixed"]).Answers<GenerationBody>(202);
        Post(app, root + "/reprocess/cancel", requests.CancelAsync, "cancelReprocess",
            "Stop building a generation", "It can go on later.", Which, codes).Answers<GenerationList>(200);
        Post(
            app, root + "/generations/{name}/switch", requests.SwitchAsync, "switchGeneration",
            "Make a generation what readers see",
            "At once and as a whole: a plugin's together with those of its aggregates. The former one is counted on "
            + "and can be switched back to.",
            Numbered, [.. codes,
            "generation_not_built", "generation_not_fed", "generation_dropped"]).Answers<GenerationList>(200);
        Post(
            app, root + "/generations/{name}/drop", requests.DropAsync, "dropGeneration", "Give a generation up",
            "For good: from now on no message is counted in it.",
            Numbered, [.. codes, "generation_live", "generation_configured"]).Answers<GenerationList>(200);
    }

    private static IEndpointConventionBuilder Post(
        IEndpointRouteBuilder app,
        string path,
        RequestDelegate handler,
        string name,
        string summary,
        string description,
        IReadOnlyList<ParameterDoc> parameters,
        string[] codes
    ) => app.MapPost(path, handler).Describe(handler, name, "generations", summary, description, parameters, codes);
}
