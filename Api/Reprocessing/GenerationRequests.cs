using Microsoft.AspNetCore.Http;
using Tributary.Api.Http;
using Tributary.Api.Json;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Reading;

namespace Tributary.Api.Reprocessing;

/// <summary>
/// <c>/generations</c> and <c>/reprocess</c>: lists, builds, switches and drops generations.
/// </summary>
internal sealed class GenerationRequests(ApiNode node)
{
    private const string NameAllowed = "the name of one that is configured";

    /// <summary><c>GET /generations</c>.</summary>
    public async Task ListAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        await WriteAsync(context, await Of(node).ListAsync());
    }

    /// <summary><c>GET /reprocess</c>: the generations that a replay builds or built.</summary>
    public async Task ReadReplaysAsync(HttpContext context)
    {
        _ = new Parameters(context.Request);
        await WriteAsync(context, (await Of(node).ListAsync()).Where(static view => view.Replay is not null));
    }

    /// <summary><c>POST /reprocess</c>.</summary>
    public async Task ReprocessAsync(HttpContext context)
    {
        var parameters = new Parameters(context.Request, "aggregate", "plugin", "from", "to");
        var begun = await Of(node)
            .ReprocessAsync(NameOf(parameters), parameters.Time("from"), parameters.Time("to"));
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await ApiJson.WriteAsync(context, GenerationBody.Of(begun), ApiJson.Default.GenerationBody);
    }

    /// <summary><c>POST /reprocess/cancel</c>.</summary>
    public async Task CancelAsync(HttpContext context)
    {
        var name = NameOf(new Parameters(context.Request, "aggregate", "plugin"));
        await Of(node).CancelAsync(name);
        await WriteAsync(context, (await Of(node).ListAsync()).Where(view => view.Row.Name == name));
    }

    /// <summary><c>POST /generations/{name}/switch</c>.</summary>
    public Task SwitchAsync(HttpContext context) => ChangeAsync(context, Of(node).SwitchAsync);

    /// <summary><c>POST /generations/{name}/drop</c>.</summary>
    public Task DropAsync(HttpContext context) => ChangeAsync(context, Of(node).DropAsync);

    /// <exception cref="TributaryException"><c>roles_apart</c>.</exception>
    internal static IGenerationControl Of(ApiNode node) => node.Generations ?? throw StoredGrains.NeedsSilo();

    private static async Task ChangeAsync(
        HttpContext context, Func<string, int, CancellationToken, ValueTask<IReadOnlyList<GenerationView>>> change)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        var number = (int)new Parameters(context.Request, "generation").RequiredNumber("generation", 1, int.MaxValue);
        await WriteAsync(
            context, (await change(name, number, context.RequestAborted)).Where(view => view.Row.Name == name));
    }

    private static string NameOf(in Parameters parameters) =>
        (parameters.Text("aggregate"), parameters.Text("plugin")) switch
        {
            ({ } aggregate, null) => aggregate,
            (null, { } plugin) => PluginHost.GenerationPrefix + plugin,
            (null, null) => parameters.Required("aggregate", $"{NameAllowed}; or the parameter 'plugin'"),
            var (_, plugin) => throw Parameters.Invalid("plugin", plugin!, "either 'aggregate' or 'plugin'"),
        };

    private static Task WriteAsync(HttpContext context, IEnumerable<GenerationView> views) =>
        ApiJson.WriteAsync(context, GenerationList.Of(views), ApiJson.Default.GenerationList);
}
