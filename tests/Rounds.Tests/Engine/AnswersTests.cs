using Tributary.Rounds.Calls;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>How callers learn what became of their calls.</summary>
public sealed class AnswersTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_wait_go_on_and_one_that_blocks_holds_up_nobody()
    {
        const int CallersCount = 50;
        using var last = new ManualResetEventSlim();
        using var done = new CountdownEvent(CallersCount);
        var answers = new Answers();
        for (var i = 0; i < CallersCount; i++)
        {
            answers.Add(
                state =>
                {
                    // The first wait for the last, which stands behind them.
                    if ((int)state! == CallersCount - 1)
                        last.Set();
                    else if ((int)state < 3)
                        last.Wait(Waiting.Limit, Ending);
                    done.Signal();
                },
                i);
        }

        answers.Leave();

        Assert.True(await Task.Run(() => done.Wait(Waiting.Limit, Ending), Ending));
    }

    [Fact]
    public async Task A_caller_may_await_before_the_answer_and_after_it()
    {
        var before = NewCall(4);
        var early = Awaited(before);
        Tell(before);
        Assert.Equal(4, await early);

        var after = NewCall(5);
        Tell(after);
        Assert.Equal(5, await Awaited(after));
    }

    [Fact]
    public async Task What_flows_with_the_caller_is_there_when_it_goes_on()
    {
        var flowing = new AsyncLocal<string> { Value = "blue" };
        var call = NewCall(1);
        // A task takes the execution context along.
        var answer = call.Answer.AsTask().ContinueWith(
            _ => flowing.Value, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        flowing.Value = "red";
        Tell(call);

        Assert.Equal("blue", await answer);
    }

    [Fact]
    public async Task What_a_caller_was_told_ahead_of_its_round_stays()
    {
        var call = NewCall(6);
        var answer = Awaited(call);
        call.Refuse(new TimeoutException("Told."));
        // Its round runs again and becomes durable.
        call.Run(new Silent());
        Tell(call);

        Assert.True(call.IsAnswered);
        Assert.Equal("Told.", (await Assert.ThrowsAsync<TimeoutException>(() => answer)).Message);
    }

    private static async Task<int> Awaited(Call<int> call) => await call.Answer;

    private static Call<int> NewCall(int result)
    {
        var call = new DirectCall<Silent, int, int>(
            new RoundGrainId("silent", "a"), result, static (_, given) => ValueTask.FromResult(given));
        call.Run(new Silent());
        return call;
    }

    private static void Tell(Call<int> call)
    {
        var answers = new Answers();
        call.Release(answers);
        answers.Leave();
    }

    private sealed class Silent : RoundGrain;
}
