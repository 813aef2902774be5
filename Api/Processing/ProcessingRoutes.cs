using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Tributary.Api.OpenApi;
using Tributary.Items;

namespace Tributary.Api.Processing;

/// <summary>The routes of what became of messages: failures, records, plugins.</summary>
internal static class ProcessingRoutes
{
    public static void Map(IEndpointRouteBuilder app, ApiNode node, string root, string[] parameterCodes)
    {
        string[] changeCodes =
        [
            .. parameterCodes,
            "request_invalid",
            "origin_not_allowed",
            "roles_apart",
            "overloaded",
        ];
        var limit = new ParameterDoc(
            "limit", "How many, 100 if not given; above 1000 it is 1000.", JsonSchemaType.Integer);
        Routes
            .Get(
                app,
                root + "/failures",
                new ListFailures(node).InvokeAsync,
                "listFailures",
                "failures",
                "What is left of messages that failed",
                "They will be tried again, or were given up and are tried again on demand. In the order in which the "
                + "messages were accepted.",
                [.. FailureParameters.Docs, limit],
                parameterCodes)
            .Answers<FailureList>(200);
        Post(
            app,
            root + "/failures/retry",
            new ChangeFailures(node.Failed.RetryAsync).InvokeAsync,
            "retryFailures",
            "Try failed messages again now",
            "What two ask for at once is begun once. Looks at most at 1000 failures; next goes on from there.",
            changeCodes);
        Post(
            app,
            root + "/failures/park",
            new ChangeFailures(node.Failed.ParkAsync).InvokeAsync,
            "parkFailures",
            "Give up what waits to be tried again",
            "Until it is asked for. Looks at most at 1000 failures; next goes on from there.",
            changeCodes);
        ChangeOne(
            app,
            root + "/messages/{id}/retry",
            new ChangeMessage(node, static async (item, sequence, plugins) =>
                (await item.Retry(new RetryRequest(sequence, plugins))).Started),
            "retryMessage",
            "Try a failed message again now",
            "What two ask for at once is begun once.",
            changeCodes);
        ChangeOne(
            app,
            root + "/messages/{id}/park",
            new ChangeMessage(node, static async (item, sequence, plugins) =>
                (await item.Park(new ParkRequest(sequence, plugins))).Parked),
            "parkMessage",
            "Give up a message that waits to be tried again",
            "Until it is asked for.",
            changeCodes);
        Routes
            .Get(
                app,
                root + "/records/{plugin}",
                new ListRecords(node).InvokeAsync,
                "listRecords",
                "records",
                "Read what a plugin made",
                "By item, then key.",
                [
                    new("plugin", "The plugin's name.", JsonSchemaType.String, In: "path", Example: "datatypes"),
                    new("item", "Only records of this item.", JsonSchemaType.String),
                    limit,
                    new("after", "The next of the answer before.", JsonSchemaType.String),
                ],
                [.. parameterCodes, "plugin_not_found"])
            .Answers<RecordList>(200);
        Routes
            .Get(
                app, root + "/plugins", new ListPlugins(node).InvokeAsync, "listPlugins", "plugins",
                "The plugins of this process", "What runs, how often, how long, and what does not.")
            .Answers<PluginList>(200);
    }

    private static void ChangeOne(
        IEndpointRouteBuilder app, string path, ChangeMessage change, string name, string summary, string description,
        string[] codes)
    {
        RequestDelegate handler = change.InvokeAsync;
        app.MapPost(path, handler)
            .Describe(
                handler,
                name,
                "failures",
                summary,
                description,
                [
                    new(
                        "id", "The message's id.", JsonSchemaType.String, In: "path",
                        Example: "01890a5d-ac96-774b-bcce-b302099a8057"),
                    new(
                        "plugin",
                        "Only the share of this plugin; empty for the message as a whole. Without it all that is left.",
                        JsonSchemaType.String),
                ],
                [.. codes, "message_not_found"])
            .Answers<MessageChangeBody>(200);
    }

    private static void Post(
        IEndpointRouteBuilder app, string path, RequestDelegate handler, string name, string summary,
        string description, string[] codes) =>
        app.MapPost(path, handler)
            .Describe(handler, name, "failures", summary, description, FailureParameters.Docs, codes)
            .Answers<FailureChangeBody>(200);
}
