using Orleans;
using Orleans.Runtime;
using Tributary.Rounds.Orleans.Hosting;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What a client does with calls under way when connections to silos end.</summary>
public sealed class ClusterConnectionTests
{
    private readonly HandSetTime time = new();

    [Fact]
    public async Task A_call_that_may_be_made_again_is_given_up_when_a_connection_ends()
    {
        var connection = New(gatewaysCount: 2);
        var never = new TaskCompletionSource<int>();
        var asking = connection.AnswerOfAsync(() => never.Task, isRepeatable: true);
        Assert.False(asking.IsCompleted);
        Count(connection, now: 1, before: 2);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => asking);
    }

    [Fact]
    public async Task The_answer_of_another_call_is_waited_for_until_it_is_in_doubt()
    {
        var connection = New(gatewaysCount: 2);
        var (answered, never) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var first = connection.AnswerOfAsync(() => answered.Task, isRepeatable: false);
        var second = connection.AnswerOfAsync(() => never.Task, isRepeatable: false);
        connection.ReportLoss();
        await Waiting.UntilAsync(() => time.WaitingCount == 2);
        Assert.False(first.IsCompleted || second.IsCompleted);
        answered.SetResult(7);
        Assert.Equal(7, await first);
        time.FireAll();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => second);
    }

    [Fact]
    public async Task A_call_after_the_loss_waits_for_its_own_answer()
    {
        var connection = New(gatewaysCount: 2);
        connection.ReportLoss();
        var answer = new TaskCompletionSource<int>();
        var asking = connection.AnswerOfAsync(() => answer.Task, isRepeatable: true);
        answer.SetResult(7);
        Assert.Equal(7, await asking);
    }

    [Fact]
    public void Calls_are_refused_when_no_silo_was_found_for_a_while()
    {
        var connection = New(gatewaysCount: 1);
        connection.ThrowIfDown();
        Count(connection, now: 0, before: 1);
        // The client may not have been connected to the silos that live.
        connection.ThrowIfDown();
        time.Advance(ClusterConnection.MaxSearchTime);
        Assert.Equal("no_silo", Assert.Throws<TributaryException>(connection.ThrowIfDown).Code);
        Count(connection, now: 1, before: 0);
        connection.ThrowIfDown();
    }

    [Fact]
    public void A_client_that_never_reached_the_cluster_is_refused_at_once_if_it_wishes()
    {
        Assert.Equal(
            "no_silo",
            Assert.Throws<TributaryException>(new ClusterConnection(time) { FailsFast = true }.ThrowIfDown).Code);
        new ClusterConnection(time).ThrowIfDown();
    }

    private ClusterConnection New(int gatewaysCount)
    {
        var connection = new ClusterConnection(time) { FailsFast = true };
        Count(connection, gatewaysCount, before: 0);
        return connection;
    }

    private static void Count(IClusterConnectionStatusObserver connection, int now, int before) =>
        connection.NotifyGatewayCountChanged(now, before, connectionRecovered: before == 0);
}
