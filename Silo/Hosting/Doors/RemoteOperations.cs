using Tributary.Pipeline.Generations;
using Tributary.Rounds.Held;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Rounds.Orleans.Kinds;
using Tributary.Rounds.Orleans.Silos;
using Tributary.Rounds.Reports;
using Tributary.Silo.Hosting.Cluster;
using Tributary.Storage.Generations;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>The demands of operators at a process that is a client of the cluster: a silo meets them.</summary>
/// <param name="store">Reads the rows of generations.</param>
/// <param name="refresh">Called when the rows may have changed, so that this process shows it at once.</param>
internal sealed class RemoteOperations(
    ClusterLink link, IGenerations store, Func<CancellationToken, ValueTask> refresh, TimeProvider time)
    : IGenerationControl
{
    // Longer than the silo that is asked waits for the other one.
    private static readonly TimeSpan MaxReportWait = ClusterView.MaxWait + ClusterView.MaxWait;

    /// <exception cref="TributaryException"><c>no_silo</c>, <c>silo_lost</c>.</exception>
    public Task<AgainResult> MakeAgainAsync(Guid failure) =>
        AskAsync(silo => silo.MakeAgain(failure), isRepeatable: false);

    public async ValueTask<IReadOnlyList<GenerationView>> ListAsync() =>
        await ViewsAsync(await AskAsync(static silo => silo.Generations(), isRepeatable: true));

    public async ValueTask<GenerationView> ReprocessAsync(string name, DateTimeOffset? from, DateTimeOffset? to)
    {
        // A replay that runs already answers with its progress, and a cancelled one is cancelled.
        var begun = await AskAsync(silo => silo.Reprocess(name, from, to), isRepeatable: true);
        return (await ViewsAsync([begun]))[0];
    }

    public async ValueTask CancelAsync(string name) => await AskAsync(
        async silo =>
        {
            await silo.Cancel(name);
            return true;
        },
        isRepeatable: true);

    public ValueTask<IReadOnlyList<GenerationView>> SwitchAsync(
        string name, int number, CancellationToken cancellation) =>
        ChangeAsync(silo => silo.Switch(name, number), cancellation);

    public ValueTask<IReadOnlyList<GenerationView>> DropAsync(
        string name, int number, CancellationToken cancellation) =>
        ChangeAsync(silo => silo.Drop(name, number), cancellation);

    /// <summary>What a silo says of itself, asked by way of another one or of itself.</summary>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<SiloReport> ReportOfAsync(LivingSilo silo, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(asked => asked.ReportOf(silo.Silo.Value, silo.Address), isRepeatable: false)
                .WaitAsync(MaxReportWait, time, cancellation);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"Nobody answered for it within {MaxReportWait.TotalSeconds:0} s.", error);
        }
    }

    private async ValueTask<IReadOnlyList<GenerationView>> ChangeAsync(
        Func<IOperationsGrain, Task<GenerationLine[]>> change, CancellationToken cancellation)
    {
        var changed = await AskAsync(change, isRepeatable: true);
        await refresh(cancellation);
        return await ViewsAsync(changed);
    }

    private async Task<IReadOnlyList<GenerationView>> ViewsAsync(GenerationLine[] lines)
    {
        var rows = (await store.ReadAsync(CancellationToken.None)).Rows.ToDictionary(static row => row.Id);
        return [.. lines.Select(line => new GenerationView(
            rows[line.Id], line.IsConfigured, line.Replay))];
    }

    private async Task<T> AskAsync<T>(Func<IOperationsGrain, Task<T>> ask, bool isRepeatable)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await link.Connection.AnswerOfAsync(
                    () => ask(link.Grains.GetGrain<IOperationsGrain>(0)), isRepeatable);
            }
            catch (Exception error) when (attempt < RoundRouter.MaxAttemptsCount
                && (RoundRouter.HasNotRun(error) || (isRepeatable && error is SiloUnavailableException)))
            {
                await Task.Delay(RoundRouter.Retries.After(attempt), time);
            }
            catch (Exception error) when (RoundRouter.IsLost(error, CancellationToken.None))
            {
                throw new TributaryException(
                    Rounds.Partitions.SiloLostException.Known,
                    "The silo that took the demand ended before it answered, and whether it was met is not known.");
            }
        }
    }
}
