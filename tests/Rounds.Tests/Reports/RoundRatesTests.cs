using Tributary.Rounds.Reports;

namespace Tributary.Rounds.Tests.Reports;

public sealed class RoundRatesTests
{
    private readonly StepTime time = new();

    [Fact]
    public void The_full_seconds_of_the_last_ten_count()
    {
        var rates = new RoundRates(time);
        for (var second = 0; second < 20; second++)
        {
            for (var round = 0; round < 3; round++)
                rates.Ended(TimeSpan.FromMilliseconds(second));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // Of the second that runs nothing counts yet.
        rates.Ended(TimeSpan.FromHours(1));
        Assert.Equal(new RoundFigures(3, 14.5), rates.Read());
    }

    [Fact]
    public void A_process_that_has_just_started_counts_the_seconds_that_it_has()
    {
        var rates = new RoundRates(time);
        Assert.Equal(new RoundFigures(0, null), rates.Read());
        rates.Ended(TimeSpan.FromMilliseconds(2));
        rates.Ended(TimeSpan.FromMilliseconds(4));

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new RoundFigures(1, 3), rates.Read());
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(new RoundFigures(0, null), rates.Read());
    }

    [Fact]
    public void The_last_moves_are_kept_newest_first()
    {
        var moves = new MoveLog(time);
        for (var i = 1; i <= MoveLog.MaxMovesCount + 5; i++)
            moves.Add(SiloMoveKind.Taken, i, "Because.");

        Assert.Equal(
            Enumerable.Range(6, MoveLog.MaxMovesCount).Reverse(),
            moves.Read().Select(static move => move.PartitionsCount));
    }

    private sealed class StepTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
