using Orleans.Concurrency;
using Tributary.Api;
using Tributary.Pipeline.Generations;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reports;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Doors;

/// <inheritdoc cref="IOperationsGrain"/>
// In the silo that the call reaches; calls interleave, because a demand may wait for rounds.
[StatelessWorker(1), Reentrant, GrainType("tributary.operations")]
internal sealed class OperationsGrain(AfterStart<ApiNode> node) : Grain, IOperationsGrain
{
    public async Task<AgainResult> MakeAgain(Guid failure) => await (await node.WhenKnown).MakeAgain!(failure);

    public async Task<GenerationLine[]> Generations() => Lines(await (await ControlAsync()).ListAsync());

    public async Task<GenerationLine> Reprocess(string name, DateTimeOffset? from, DateTimeOffset? to) =>
        Line(await (await ControlAsync()).ReprocessAsync(name, from, to));

    public async Task Cancel(string name) => await (await ControlAsync()).CancelAsync(name);

    public async Task<GenerationLine[]> Switch(string name, int number) =>
        Lines(await (await ControlAsync()).SwitchAsync(name, number, CancellationToken.None));

    public async Task<GenerationLine[]> Drop(string name, int number) =>
        Lines(await (await ControlAsync()).DropAsync(name, number, CancellationToken.None));

    public async Task<SiloReport> ReportOf(long silo, string address) =>
        await (await node.WhenKnown).Cluster.ReportOfAsync(
            new LivingSilo(new SiloId(silo), address, 0, HasSession: true, IsLeaving: false), CancellationToken.None);

    // A silo is a part of the cluster a moment before its node has started.
    private async Task<IGenerationControl> ControlAsync() => (await node.WhenKnown).Generations!;

    private static GenerationLine[] Lines(IReadOnlyList<GenerationView> views) => [.. views.Select(Line)];

    private static GenerationLine Line(GenerationView view) =>
        new(view.Row.Id, view.IsConfigured, view.Replay);
}
