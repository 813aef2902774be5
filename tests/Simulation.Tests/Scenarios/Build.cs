using Tributary.Aggregates;
using Tributary.Grains;
using Tributary.Grains.Aggregates;
using Tributary.Grains.Items;
using Tributary.Items;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Orleans.References;
using Tributary.Storage.Rounds;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>
/// What one process can make. An old build cannot read the states of some grains, or does not have an activity, as a
/// build from before
/// an upgrade does that was rolled back.
/// </summary>
internal sealed class Build
{
    private readonly bool readsCounters = true;
    private readonly bool readsTallies = true;
    private readonly bool readsAlarms = true;
    private readonly bool hasWork = true;

    private Build()
    {
    }

    private Build(Random random)
    {
        readsCounters = random.Next(2) == 0;
        readsTallies = random.Next(2) == 0;
        readsAlarms = random.Next(3) != 0;
        hasWork = random.Next(3) != 0;
    }

    public bool IsWhole => readsCounters && readsTallies && readsAlarms && hasWork;

    /// <summary>
    /// A build that can make everything, or in one start of three of the runs that have old builds, an old one.
    /// </summary>
    public static Build Next(Random random, bool hasOld) =>
        hasOld && random.Next(3) == 0 ? new Build(random) : new Build();

    public RoundGrainTypes Types(Observer observer, Jam jam) =>
        new RoundGrainTypes(GeneratedProxies.Standalone)
            .Add<IStoreGrain, StoreGrain, StoreState>("store", StateTable.Items, ScenarioJson.Default.StoreState, () =>
                new StoreGrain())
            .Add<ICounterGrain, CounterGrain, CounterState>(
                "counter",
                StateTable.Grains,
                FickleJson.Of(ScenarioJson.Default.CounterState, () => !readsCounters),
                () => new CounterGrain())
            .Add<IParcelGrain, ParcelGrain, ParcelState>(
                "parcel", StateTable.Grains, ScenarioJson.Default.ParcelState, () => new ParcelGrain(observer))
            .Add<IAlarmGrain, AlarmGrain, AlarmState>(
                "alarm",
                StateTable.Grains,
                FickleJson.Of(ScenarioJson.Default.AlarmState, () => !readsAlarms),
                () => new AlarmGrain(observer))
            .Add<IDeskGrain, DeskGrain, DeskState>(
                "desk", StateTable.Grains, ScenarioJson.Default.DeskState, () => new DeskGrain())
            .Add<IShelfGrain, ShelfGrain, ShelfState>(
                "shelf", StateTable.Grains, ScenarioJson.Default.ShelfState, () => new ShelfGrain())
            .Add<IMineGrain, MineGrain, MineState>("mine", StateTable.Grains, ScenarioJson.Default.MineState, () =>
                new MineGrain(observer))
            .Add<IItemGrain, ItemGrain, ItemState>("item", StateTable.Items, GrainsJson.Default.ItemState, () =>
                new ItemGrain())
            .Add<IAggregateGrain, AggregateGrain, AggregateState>(
                AggregateKey.GrainType,
                StateTable.Aggregates,
                FickleJson.Of(GrainsJson.Default.AggregateState, () => !readsCounters),
                () => new AggregateGrain())
            .Add<ITallyGrain, TallyGrain, TallyState>(
                "tally",
                StateTable.Grains,
                FickleJson.Of(ScenarioJson.Default.TallyState, () => !readsTallies),
                () => new TallyGrain(jam));

    public Dictionary<string, IActivity> Activities(Dictionary<string, IActivity> all)
    {
        var activities = new Dictionary<string, IActivity>(all);
        if (!hasWork)
            activities.Remove(AlarmGrain.Work);
        return activities;
    }
}

/// <summary>While it is on, every turn of a tally throws.</summary>
public sealed class Jam
{
    public const string Message = "The tally is jammed.";

    public bool IsOn { get; set; }

    public void Check()
    {
        if (IsOn)
            throw new InvalidOperationException(Message);
    }
}
