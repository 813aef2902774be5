using Tributary.Connectors;
using Tributary.Grains.Items.Retries;
using Tributary.Grains.Tests.Grains;
using Tributary.Messages;
using Tributary.Pipeline.Retries;

namespace Tributary.Grains.Tests.Processing;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Start = FakeTurn.Start;

    [Theory]
    [InlineData(ProcessingStep.Query, ConnectorFault.Missing, true)]
    [InlineData(ProcessingStep.Query, ConnectorFault.Unavailable, true)]
    [InlineData(ProcessingStep.Query, ConnectorFault.Refused, false)]
    [InlineData(ProcessingStep.Execute, ConnectorFault.Unavailable, true)]
    [InlineData(ProcessingStep.Execute, ConnectorFault.Refused, false)]
    [InlineData(ProcessingStep.Accept, ConnectorFault.Refused, false)]
    [InlineData(ProcessingStep.Apply, ConnectorFault.Refused, false)]
    public void Without_a_configuration_what_may_help_is_done(ProcessingStep step, ConnectorFault fault, bool isRetried)
    {
        var next = RetryPolicy.Default.After(ProcessingFailure.Of(step, fault, "code: text"), "");
        Assert.Equal(isRetried, next is Continuation.Retry);
        Assert.Equal(!isRetried, next is Continuation.Park);
    }

    [Fact]
    public void The_first_rule_that_fits_holds_and_the_defaults_follow()
    {
        var policy = Yaml.Good(
            """
            - {step: query, code: 'http_4*', then: park}
            - {plugin: 'exif', fault: refused, then: retry, first: 5s, factor: 1.5, ceiling: 1m, jitter: 0, give_up: 1h}
            - {step: execute, plugin: 'th*', then: skip}
            """,
            RetryPolicyReader.Read);

        Assert.IsType<Continuation.Park>(After(ProcessingStep.Query, "http_404: Gone.", ""));
        Assert.IsType<Continuation.Retry>(After(ProcessingStep.Query, "http_500: Oh.", ""));
        Assert.Equal(
            new Continuation.Retry
            {
                First = TimeSpan.FromSeconds(5),
                Factor = 1.5,
                Ceiling = TimeSpan.FromMinutes(1),
                Jitter = 0,
                GiveUp = TimeSpan.FromHours(1),
            },
            policy.After(ProcessingFailure.Of(ProcessingStep.Execute, ConnectorFault.Refused, "x: y"), "exif"));
        Assert.IsType<Continuation.Skip>(After(ProcessingStep.Execute, "x: y", "thumbnails"));
        Assert.IsType<Continuation.Retry>(After(ProcessingStep.Execute, "x: y", "sizes"));

        Continuation After(ProcessingStep step, string error, string plugin) =>
            policy.After(ProcessingFailure.Of(step, ConnectorFault.Unavailable, error), plugin);
    }

    [Fact]
    public void Waits_grow_to_the_ceiling_and_end_with_the_give_up_age()
    {
        var retry = new Continuation.Retry
        {
            First = TimeSpan.FromSeconds(2),
            Factor = 3,
            Ceiling = TimeSpan.FromSeconds(20),
            Jitter = 0,
            GiveUp = TimeSpan.FromSeconds(100),
        };
        Assert.Equal(
            [2, 6, 18, 20, 20],
            Enumerable
                .Range(1, 5)
                .Select(failures => (retry.Next(failures, Start, Start, 0) - Start)!.Value.TotalSeconds));
        Assert.Equal(Start.AddSeconds(100), retry.Next(9, Start, Start.AddSeconds(95), 0));
        Assert.Null(retry.Next(10, Start, Start.AddSeconds(100), 0));
        Assert.Equal(Start.AddSeconds(20), retry.Next(int.MaxValue, Start, Start, 0));
    }

    [Fact]
    public void Jitter_shortens_a_wait_by_up_to_its_share()
    {
        var retry = new Continuation.Retry { First = TimeSpan.FromSeconds(10), Jitter = 0.5 };
        Assert.Equal(Start.AddSeconds(10), retry.Next(1, Start, Start, 0));
        Assert.Equal(Start.AddSeconds(7.5), retry.Next(1, Start, Start, 0.5));
        Assert.Equal(Start.AddSeconds(5), retry.Next(1, Start, Start, 1));
    }

    [Theory]
    [InlineData("- {step: query}", "test[0].then", "retry, park, skip")]
    [InlineData("- {step: think, then: park}", "test[0].step", "accept, query, execute, apply")]
    [InlineData("- {then: park, first: 1s}", "test[0].first", "nothing")]
    [InlineData("- {then: retry, first: soon}", "test[0].first", "a whole number with ms, s, m, h or d")]
    [InlineData("- {then: retry, factor: 0.5}", "test[0].factor", "a number from 1 to 100")]
    [InlineData("- {then: retry, jitter: 2}", "test[0].jitter", "a number from 0 to 1")]
    [InlineData("- {then: retry, first: 1m, ceiling: 1s}", "test[0].ceiling", "at least first")]
    [InlineData("- {then: park, fault: [missing, late]}", "test[0].fault[1]", "missing, unavailable, refused")]
    [InlineData("- always", "test[0]", "a map")]
    [InlineData("- {then: park, colour: blue}", "test[0].colour", "step, plugin")]
    public void Errors_of_the_configuration_name_key_and_what_is_allowed(string yaml, string key, string allowed)
    {
        var (_, errors) = Yaml.Read(yaml, RetryPolicyReader.Read);
        var error = Assert.Single(errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(allowed, error.Allowed, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_kept_cut_and_as_every_store_can_hold_them()
    {
        Assert.Equal(ProcessingFailure.MaxErrorChars, ProcessingFailure.Clean(new string('x', 1_000)).Length);
        var longest = new string('x', ProcessingFailure.MaxErrorChars);
        Assert.Equal(longest, ProcessingFailure.Clean(longest));
        Assert.Equal(longest[1..] + "…", ProcessingFailure.Clean(longest + "x"));
        Assert.Equal("a\ufffdb\ufffd", ProcessingFailure.Clean("a\0b\ud800"));
        Assert.Equal(
            "code", ProcessingFailure.Of(ProcessingStep.Query, ConnectorFault.Missing, "code: text: more").Code);
    }
}
