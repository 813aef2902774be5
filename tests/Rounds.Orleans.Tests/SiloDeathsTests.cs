using Tributary.Rounds.Orleans.Silos;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>Which silos count as dead, and why.</summary>
public sealed class SiloDeathsTests
{
    private static readonly SiloId Own = new(1);
    private static readonly SiloId Other = new(2);

    private readonly HandSetTime time = new();
    private readonly SiloDeaths deaths;

    public SiloDeathsTests() => deaths = new SiloDeaths(time);

    [Theory]
    [InlineData(SiloStatus.Active, true, true, nameof(SiloVerdict.Lives))]
    [InlineData(SiloStatus.Active, false, false, nameof(SiloVerdict.Lives))]
    [InlineData(SiloStatus.Active, false, true, nameof(SiloVerdict.Ended))]
    [InlineData(SiloStatus.ShuttingDown, false, true, nameof(SiloVerdict.Ended))]
    [InlineData(SiloStatus.Dead, true, false, nameof(SiloVerdict.Dead))]
    [InlineData(SiloStatus.None, true, true, nameof(SiloVerdict.Lives))]
    [InlineData(SiloStatus.None, false, false, nameof(SiloVerdict.Dead))]
    public async Task A_silo_is_dead_by_certain_signs_only(
        SiloStatus status, bool hasSession, bool refuses, string verdict) =>
        Assert.Equal(verdict, (await JudgeAsync(hasSession, status, refuses)).ToString());

    [Fact]
    public async Task A_silo_that_answers_and_has_no_session_for_long_is_cut_off()
    {
        Assert.Equal(SiloVerdict.Lives, await JudgeAsync(hasSession: false));
        time.Advance(SiloDeaths.MaxTimeWithoutSession - TimeSpan.FromTicks(1));
        Assert.Equal(SiloVerdict.Lives, await JudgeAsync(hasSession: false));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(SiloVerdict.CutOff, await JudgeAsync(hasSession: false));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task The_time_without_a_session_begins_anew_when_either_silo_was_seen_otherwise(
        bool otherHasSession, bool ownHasSession)
    {
        await JudgeAsync(hasSession: false);
        time.Advance(SiloDeaths.MaxTimeWithoutSession / 2);
        // The other silo came back, or the observer itself lost the database for a moment.
        await JudgeAsync(otherHasSession, ownHasSession: ownHasSession);
        await JudgeAsync(hasSession: false);
        time.Advance(SiloDeaths.MaxTimeWithoutSession / 2);

        Assert.Equal(SiloVerdict.Lives, await JudgeAsync(hasSession: false));
    }

    [Fact]
    public async Task The_observer_never_judges_itself() =>
        Assert.Empty(await deaths.JudgeAsync(
            [Row(Own, hasSession: false)], Own, static _ => SiloStatus.Dead, static _ => Task.FromResult(true)));

    private async Task<SiloVerdict> JudgeAsync(
        bool hasSession, SiloStatus status = SiloStatus.Active, bool refuses = false, bool ownHasSession = true)
    {
        var verdicts = await deaths.JudgeAsync(
            [Row(Own, ownHasSession), Row(Other, hasSession)], Own, _ => status, _ => Task.FromResult(refuses));
        return verdicts.Count == 0 ? SiloVerdict.Lives : Assert.Single(verdicts).Verdict;
    }

    private static LivingSilo Row(SiloId silo, bool hasSession) =>
        new(silo, $"127.0.0.1:{silo.Value}@7", 0, hasSession, IsLeaving: false);
}
