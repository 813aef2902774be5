using Microsoft.Extensions.Logging;
using Tributary.Messages;
using Tributary.Silo.Hosting.Lifetime;
using Tributary.Silo.Hosting.Node;
using Tributary.Storage.Rounds;

namespace Tributary.Silo.Tests.Hosting;

public sealed class FailureLogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly LogLines lines = new();
    private readonly HandSetTime time = new();

    [Fact]
    public void A_kind_of_failure_leaves_a_line_at_once_and_then_one_per_interval_with_how_many_were_left_out()
    {
        var log = new FailureLog(time, lines.Of<FailureLog>());
        for (var i = 0; i < 1_000; i++)
            log.Committed(
                Round(
                    new MessagePart(
                        "sizes", MessageStatus.Parked, ProcessingStep.Execute, 1, Error: "plugin_failed: boom")
                    {
                        IsRaised = true,
                    }));
        Assert.Single(lines.All);
        time.Pass(TimeSpan.FromSeconds(10));
        log.Committed(
            Round(
                new MessagePart("sizes", MessageStatus.Parked, ProcessingStep.Execute, 1, Error: "plugin_failed: boom")
                {
                    IsRaised = true,
                }));

        Assert.Equal(2, lines.All.Count);
        Assert.All(lines.All, static line => Assert.Equal((LogLevel.Warning, 4004), (line.Level, line.Event)));
        Assert.Contains(
            "sizes failed and is Parked now: plugin_failed: boom", lines.All[0].Text, StringComparison.Ordinal);
        Assert.Contains("999 more", lines.All[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_are_told_apart_and_what_did_not_fail_now_is_not_told()
    {
        var log = new FailureLog(time, lines.Of<FailureLog>());
        log.Committed(
            Round(
                new MessagePart("", MessageStatus.Retrying, ProcessingStep.Query, 1, Noon, "content_missing: not there")
                {
                    IsRaised = true,
                },
                new MessagePart("", MessageStatus.Retrying, ProcessingStep.Query, 1, Noon, "content_unavailable: down")
                {
                    IsRaised = true,
                },
                new MessagePart("exif", MessageStatus.Parked, ProcessingStep.Execute, 1, Error: "plugin_failed: old"),
                new MessagePart("", MessageStatus.Processing, ProcessingStep.Query)));

        Assert.Equal(2, lines.All.Count);
        Assert.Contains(
            "the message failed and is tried again at 2026-03-01T12:00:00",
            lines.All[0].Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_others_are_cut_and_on_one_line()
    {
        var log = new FailureLog(time, lines.Of<FailureLog>());
        log.Committed(
            Round(
                new MessagePart(
                    "",
                    MessageStatus.Parked,
                    ProcessingStep.Accept,
                    1,
                    Error: "x: " + string.Concat(Enumerable.Repeat("line\n", 1_000)))
                {
                    IsRaised = true,
                }));

        var text = Assert.Single(lines.All).Text;
        Assert.InRange(text.Length, 1, 1_500);
        Assert.DoesNotContain('\n', text);
    }

    private static RoundCommit Round(params MessagePart[] parts)
    {
        var round = new RoundCommit { Silo = new SiloId(1), Round = 1, AcceptedBefore = 0 };
        foreach (var part in parts)
            round.Parts.Add(
                new PartsRow(
                    new MessageReference(
                        new MessageId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), new Position(65536), "source", Noon,
                        1),
                    "item",
                    [part],
                    Noon));
        return round;
    }

    private sealed class HandSetTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => now += time.Ticks;

        public override long GetTimestamp() => now;
    }
}
