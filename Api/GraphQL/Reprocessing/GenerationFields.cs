using Tributary.Api.Reprocessing;
using Tributary.GraphQL.Binding;
using Tributary.GraphQL.Execution;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Plugins;

namespace Tributary.Api.GraphQL.Reprocessing;

/// <summary>Reads, builds, switches and drops generations of aggregates and plugins.</summary>
internal sealed class GenerationFields(ApiNode node)
{
    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query")
            .Ask("generations", (_, _) => ListAsync(static _ => true))
            .Ask("replays", (_, _) => ListAsync(static view => view.Replay is not null));
        bindings
            .Object("Mutation")
            .Ask("reprocess", (_, context) =>
                ChangeAsync(async () =>
                    [
                        await Known.ReprocessAsync(
                            NameOf(context),
                            context.Arguments.Get<DateTimeOffset?>("from"),
                            context.Arguments.Get<DateTimeOffset?>("to")),
                    ]))
            .Ask("cancelReprocess", (_, context) => ChangeAsync(async () =>
            {
                var name = NameOf(context);
                await Known.CancelAsync(name);
                return [.. (await Known.ListAsync()).Where(view => view.Row.Name == name)];
            }))
            .Ask("switchGeneration", (_, context) => ChangeAsync(() => NumberedAsync(context, Known.SwitchAsync)))
            .Ask("dropGeneration", (_, context) => ChangeAsync(() => NumberedAsync(context, Known.DropAsync)));
        bindings.Object<GenerationBody>("Generation");
        bindings.Object<ReplayBody>("Replay")
            .Field("totalCount", replay => replay.Total)
            .Field("seenCount", replay => replay.Seen)
            .Field("countedCount", replay => replay.Counted)
            .Field("failedCount", replay => replay.Failed);
        bindings.Object<ReplayFailureBody>("ReplayFailure").Field("messageId", failure => failure.Message);
        bindings.Object<GenerationChange>("GenerationPayload");
        bindings.Object<GenerationError>("GenerationError");
    }

    private IGenerationControl Known => GenerationRequests.Of(node);

    private async ValueTask<IReadOnlyList<GenerationBody>> ListAsync(Func<GenerationView, bool> which) =>
        GenerationList.Of((await Known.ListAsync()).Where(which)).Generations;

    private static async ValueTask<IReadOnlyList<GenerationView>> NumberedAsync(
        ResolveContext context, Func<string, int, CancellationToken, ValueTask<IReadOnlyList<GenerationView>>> change)
    {
        var name = context.Arguments.Get<string>("name")!;
        return
        [
            .. (await change(name, context.Arguments.Get<int>("generation"), context.CancellationToken)).Where(view =>
                view.Row.Name == name),
        ];
    }

    private static async ValueTask<GenerationChange> ChangeAsync(Func<ValueTask<IReadOnlyList<GenerationView>>> change)
    {
        try
        {
            return new GenerationChange(GenerationList.Of(await change()).Generations, null);
        }
        catch (TributaryException error) when (Resolving.IsMistake(error))
        {
            return new GenerationChange([], new GenerationError(error.Code, error.Message));
        }
    }

    private static string NameOf(ResolveContext context) =>
        (context.Arguments.Get<string>("aggregate"), context.Arguments.Get<string>("plugin")) switch
        {
            ({ } aggregate, null) => aggregate,
            (null, { } plugin) => PluginHost.GenerationPrefix + plugin,
            _ => throw Resolving.Invalid("Found neither or both of 'aggregate' and 'plugin'; allowed: one of them."),
        };
}

internal sealed record GenerationChange(IReadOnlyList<GenerationBody> Generations, GenerationError? Error);

internal sealed record GenerationError(string Code, string Message);
