using Tributary.Aggregates;
using Tributary.Grains;
using Tributary.Grains.Aggregates;
using Tributary.Grains.Dedupe;
using Tributary.Grains.Items;
using Tributary.Grains.Reminders;
using Tributary.Grains.Replays;
using Tributary.Items;
using Tributary.Reminders;
using Tributary.Replays;
using Tributary.Rounds.Calls;
using Tributary.Storage.Rounds;

namespace Tributary.Pipeline;

/// <summary>
/// The platform's round grains, under the names that are stored and in the tables that hold their states.
/// </summary>
public static class PlatformGrains
{
    /// <summary>Adds the platform's grains to the grain types of a silo.</summary>
    /// <param name="items">The options of items; null for the defaults.</param>
    public static RoundGrainTypes AddPlatformGrains(this RoundGrainTypes types, ItemOptions? items = null)
    {
        var options = items ?? ItemOptions.Default;
        return types
            .Add<IItemGrain, ItemGrain, ItemState>(
                ItemGrain.GrainType, StateTable.Items, GrainsJson.Default.ItemState, () => new ItemGrain(options))
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateGrain.GrainType, StateTable.Aggregates, GrainsJson.Default.AggregateState,
                static () => new AggregateGrain())
            .Add<IReplayGrain, ReplayGrain, ReplayState>(
                ReplayGrain.GrainType, StateTable.Grains, GrainsJson.Default.ReplayState,
                static () => new ReplayGrain(ReplayOptions.Default))
            .Add<IDedupeGrain, DedupeGrain, DedupeState>(
                DedupeGrain.GrainType, StateTable.Grains, GrainsJson.Default.DedupeState,
                static () => new DedupeGrain())
            .Add<IPreciseReminderGrain, PreciseReminderGrain>(
                PreciseReminderGrain.GrainType, static () => new PreciseReminderGrain());
    }
}
