using System.Diagnostics.Metrics;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>What a silo measures of itself, as somebody who collects sees it.</summary>
public sealed class InstrumentsTests : IDisposable
{
    private readonly Meter meter = new("Tributary.Rounds");
    private readonly MeterListener listener = new();
    private readonly List<(string Name, string Tag, double Value)> seen = [];

    public InstrumentsTests()
    {
        listener.InstrumentPublished = (instrument, asking) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                asking.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
    }

    public void Dispose()
    {
        listener.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Rounds_commits_and_loads_are_measured() => Run(
        async run =>
        {
            run.Faults.DelayBefore = operation =>
                operation.Call is StoreCall.Commit or StoreCall.Load ? DelayAsync(run, 250) : default;
            await run.Probe("a").Add(5);
            // The first round has taken the partitions.
            Assert.Equal(2, Of("tributary.rounds", "durable").Sum());
            Assert.Equal(1, Of("tributary.round.inputs").Sum());
            Assert.Equal([0, 0.25], Of("tributary.commit.duration"));
            Assert.Equal([0.25], Of("tributary.load.duration"));
            Assert.Equal(0, Of("tributary.doubts").Sum());

            run.Faults.DelayBefore = null;
            await run.Probe("a").Read();
            Assert.Equal(1, Of("tributary.rounds", "read").Sum());

            var isLost = true;
            run.Faults.Rule = operation =>
            {
                if (!isLost || operation.Call != StoreCall.Commit)
                    return StoreFate.Proceed;
                isLost = false;
                return StoreFate.LoseAnswer;
            };
            await run.Probe("a").Add(1);
            Assert.Equal(1, Of("tributary.doubts").Sum());
            Assert.Equal(3, Of("tributary.rounds", "durable").Sum());
        },
        run => run.Meter = meter);

    [Fact]
    public void What_is_due_is_measured_by_how_late_it_is() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => probe.Remind("past", probe.Time.AddSeconds(-3))));
            await run.UntilAsync(() => run.Database.Reminders.Count == 0);
            Assert.InRange(Assert.Single(Of("tributary.reminder.late")), 3, 4);
        },
        run => run.Meter = meter);

    [Fact]
    public void Gauges_tell_what_is_there_when_they_are_asked() => Run(
        async run =>
        {
            await run.Probe("a").Do(Script.Of(probe => probe.Remind("later", probe.Time.AddSeconds(30))));
            await run.Probe("b").Add(1);
            Collect();
            Assert.Equal([2], Of("tributary.activations"));
            Assert.Equal([16], Of("tributary.partitions"));
            Assert.Equal([1], Of("tributary.reminders.near"));
            Assert.Equal([0], Of("tributary.inbox.depth", "calls"));
            Assert.Equal([0], Of("tributary.refusing"));

            var calls = Enumerable.Range(0, 3).Select(_ => AwaitAsync(run.Probe("a").Add(1))).ToList();
            var read = AwaitAsync(run.Probe("a").Read());
            Collect();
            Assert.Equal([3], Of("tributary.inbox.depth", "calls"));
            Assert.Equal([1], Of("tributary.inbox.depth", "reads"));
            foreach (var call in calls)
                await call;
            Assert.Equal(3, await read);

            await run.Host.StopAsync();
            Collect();
            Assert.Equal([0], Of("tributary.partitions"));
        },
        run => run.Meter = meter);

    private void Collect()
    {
        seen.Clear();
        listener.RecordObservableInstruments();
    }

    private List<double> Of(string name, string tag = "") =>
        [.. seen.Where(each => each.Name == name && each.Tag == tag).Select(each => each.Value)];

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        seen.Add((instrument.Name, tags.Length == 0 ? "" : (string)tags[0].Value!, value));

    private static async ValueTask DelayAsync(EngineRun run, int milliseconds) =>
        await run.World.Delay(TimeSpan.FromMilliseconds(milliseconds));
}
