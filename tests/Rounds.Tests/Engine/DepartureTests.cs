using Tributary.Messages;
using Tributary.Rounds.Calls;
using Tributary.Rounds.Commits;
using Tributary.TestingHost.Simulation;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>In which order things leave when a round is durable.</summary>
public sealed class DepartureTests
{
    [Fact]
    public void Positions_are_known_first_then_watchers_are_told_then_callers()
    {
        var order = new List<string>();
        var round = new Round(new SiloId(1), 1);
        var message = new AppendedMessage(Messages.New(new SimulationWorld(1)), 1, []);
        round.Messages.Add(message);
        round.Inputs.Add(new Noted(order));
        var departures = new Departures(committed => order.Add($"watchers {committed.Messages[0].Position}"));

        departures.Release(round, 7);

        Assert.Equal([$"watchers {Position.Of(7, 0)}", "caller"], order);
    }

    [Fact]
    public void A_round_that_wrote_nothing_is_told_to_callers_only()
    {
        var order = new List<string>();
        var round = new Round(new SiloId(1), 1);
        round.Inputs.Add(new Noted(order));
        var departures = new Departures(_ => order.Add("watchers"));

        departures.Release(round, 7);
        departures.ReleaseReads(round);

        Assert.Equal(["caller", "caller"], order);
    }

    private sealed class Noted(List<string> order) : Input(new RoundGrainId("probe", "a"))
    {
        public override void Run(RoundGrain grain) => throw new InvalidOperationException("It has run.");

        public override void Release(Answers answers) => order.Add("caller");
    }
}
