using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Aborts a connection on which something was sent, and nothing received since, for too long. It stands between the
/// connection and what reads and writes it.
/// </summary>
internal sealed partial class SilenceWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext connection;
    private readonly TimeSpan limit;
    private readonly TimeProvider time;
    private readonly ILogger<SilenceWatch> logger;
    private readonly ITimer timer;

    // When something was sent that nothing has come after; 0 when there is no such thing.
    private long unansweredSince;

    public SilenceWatch(
        ConnectionContext connection, TimeSpan limit, TimeProvider time, ILogger<SilenceWatch> logger)
    {
        (this.connection, this.limit, this.time, this.logger) = (connection, limit, time, logger);
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        connection.Transport = new WatchedPipes(new NotedReader(input, this), new NotedWriter(output, this));
        timer = time.CreateTimer(static watch => ((SilenceWatch)watch!).Look(), this, Period, Period);
    }

    public void Dispose() => timer.Dispose();

    private void NoteReceived() => Volatile.Write(ref unansweredSince, 0);

    private void NoteSent()
    {
        if (Volatile.Read(ref unansweredSince) == 0)
            Volatile.Write(ref unansweredSince, Math.Max(1, time.GetTimestamp()));
    }

    private void Look()
    {
        var since = Volatile.Read(ref unansweredSince);
        if (since == 0 || time.GetElapsedTime(since) < limit)
            return;
        timer.Dispose();
        LogSilent(connection.RemoteEndPoint, time.GetElapsedTime(since).TotalSeconds);
        connection.Abort(new ConnectionAbortedException(
            $"Nothing came from {connection.RemoteEndPoint} for {limit.TotalSeconds:0} s after something was sent."));
    }

    private sealed class WatchedPipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Notes when what was received is taken; everything else is the reader's own.</summary>
    private sealed class NotedReader(PipeReader reader, SilenceWatch watch) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed)
        {
            watch.NoteReceived();
            reader.AdvanceTo(consumed);
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            watch.NoteReceived();
            reader.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => reader.CompleteAsync(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            reader.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(
            int minimumSize, CancellationToken cancellationToken) =>
            reader.ReadAtLeastAsync(minimumSize, cancellationToken);
    }

    /// <summary>Notes when something is sent; everything else is the writer's own.</summary>
    private sealed class NotedWriter(PipeWriter writer, SilenceWatch watch) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => writer.CanGetUnflushedBytes;

        public override long UnflushedBytes => writer.UnflushedBytes;

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void CancelPendingFlush() => writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => writer.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => writer.CompleteAsync(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            watch.NoteSent();
            return writer.FlushAsync(cancellationToken);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            watch.NoteSent();
            return writer.WriteAsync(source, cancellationToken);
        }
    }
}
