using Orleans.Concurrency;
using Tributary.Replays;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reports;

namespace Tributary.Silo.Hosting.Doors;

/// <summary>
/// Demands of operators that only a silo can meet, because they need its definitions and plugins. Any silo meets them.
/// </summary>
[Alias("tributary.operations")]
internal interface IOperationsGrain : IGrainWithIntegerKey
{
    /// <summary>Makes a failed call again: see <see cref="Rounds.Engine.RoundEngine.MakeAgainAsync"/>.</summary>
    [Alias("MakeAgain")]
    Task<AgainResult> MakeAgain(Guid failure);

    /// <inheritdoc cref="Pipeline.Generations.IGenerationControl.ListAsync"/>
    [ReadOnly, Alias("Generations")]
    Task<GenerationLine[]> Generations();

    /// <inheritdoc cref="Pipeline.Generations.IGenerationControl.ReprocessAsync"/>
    [Alias("Reprocess")]
    Task<GenerationLine> Reprocess(string name, DateTimeOffset? from, DateTimeOffset? to);

    /// <inheritdoc cref="Pipeline.Generations.IGenerationControl.CancelAsync"/>
    [Alias("Cancel")]
    Task Cancel(string name);

    /// <inheritdoc cref="Pipeline.Generations.IGenerationControl.SwitchAsync"/>
    [Alias("Switch")]
    Task<GenerationLine[]> Switch(string name, int number);

    /// <inheritdoc cref="Pipeline.Generations.IGenerationControl.DropAsync"/>
    [Alias("Drop")]
    Task<GenerationLine[]> Drop(string name, int number);

    /// <summary>What another silo says of itself; fails when it does not answer.</summary>
    /// <param name="silo">Its id.</param>
    /// <param name="address">Its address in the database.</param>
    [ReadOnly, Alias("ReportOf")]
    Task<SiloReport> ReportOf(long silo, string address);
}

/// <summary>A generation as a silo knows it; its row is in the database.</summary>
/// <param name="Id">The id of the row.</param>
/// <param name="Replay">The replay that builds it; null when none was ever started.</param>
[GenerateSerializer, Immutable, Alias("tributary.generation-line")]
internal readonly record struct GenerationLine(int Id, bool IsConfigured, ReplayProgress? Replay);
