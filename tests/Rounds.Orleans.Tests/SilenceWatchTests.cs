using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Tests.Shared;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>Which connections between silos are closed because nothing comes.</summary>
public sealed class SilenceWatchTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly HandSetTime time = new();
    private readonly Pipe fromOther = new();
    private readonly Pipe toOther = new();
    private readonly DefaultConnectionContext connection;
    private readonly SilenceWatch watch;

    public SilenceWatchTests()
    {
        connection = new DefaultConnectionContext
        {
            Transport = new Pipes(fromOther.Reader, toOther.Writer),
        };
        watch = new SilenceWatch(connection, Limit, time, NullLogger<SilenceWatch>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private bool IsAborted => connection.ConnectionClosed.IsCancellationRequested;

    public void Dispose() => watch.Dispose();

    [Fact]
    public async Task A_connection_is_closed_when_nothing_comes_for_too_long_after_something_was_sent()
    {
        await SendAsync();
        time.Advance(Limit - TimeSpan.FromTicks(1));
        time.FireAll();
        Assert.False(IsAborted);
        // What is sent later does not begin the time anew.
        await SendAsync();
        time.Advance(TimeSpan.FromTicks(1));
        time.FireAll();
        await Waiting.UntilAsync(() => IsAborted);
    }

    [Fact]
    public async Task A_connection_lives_while_it_is_answered_or_nothing_is_sent()
    {
        for (var i = 0; i < 3; i++)
        {
            await SendAsync();
            time.Advance(Limit / 2);
            await ReceiveAsync();
            time.Advance(Limit);
            time.FireAll();
        }

        Assert.False(IsAborted);
    }

    private async Task SendAsync()
    {
        await connection.Transport.Output.WriteAsync("a"u8.ToArray(), Cancellation);
        var sent = await toOther.Reader.ReadAsync(Cancellation);
        toOther.Reader.AdvanceTo(sent.Buffer.End);
    }

    private async Task ReceiveAsync()
    {
        await fromOther.Writer.WriteAsync("b"u8.ToArray(), Cancellation);
        var received = await connection.Transport.Input.ReadAsync(Cancellation);
        connection.Transport.Input.AdvanceTo(received.Buffer.End);
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
