using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Tributary.TestingHost.Clusters;

/// <summary>
/// A connection of Orleans whose bytes stand still while one of its gates is closed. The sockets stay open, and nobody
/// is told: so does a network that loses everything, or a process that is stopped.
/// </summary>
internal sealed class GatedConnection(IDuplexPipe socket, Gate[] gates, CancellationToken closed) : IDuplexPipe
{
    public PipeReader Input { get; } = new GatedReader(socket.Input, gates, closed);

    public PipeWriter Output { get; } = new GatedWriter(socket.Output, gates, closed);

    /// <summary>Puts the gates into each connection that is made, and keeps the connection while it is open.</summary>
    public static void Use(
        IConnectionBuilder builder, ConcurrentDictionary<ConnectionContext, bool> open,
        Func<ConnectionContext, Gate[]> gatesOf) => builder.Use(next => async context =>
    {
        context.Transport = new GatedConnection(context.Transport, gatesOf(context), context.ConnectionClosed);
        open[context] = true;
        try
        {
            await next(context);
        }
        finally
        {
            open.TryRemove(context, out _);
        }
    });

    /// <summary>Waits for all gates; false when the wait was cancelled because the connection ends.</summary>
    private sealed class Passage(Gate[] gates, CancellationToken closed)
    {
        private CancellationTokenSource ending = new();

        public bool IsOpen => Array.TrueForAll(gates, static gate => gate.IsOpen);

        public async ValueTask<bool> PassAsync(CancellationToken cancellation)
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closed, ending.Token);
            try
            {
                // Another gate may have closed while one was waited for.
                while (!IsOpen)
                {
                    foreach (var gate in gates)
                        await gate.PassAsync(ends.Token);
                }

                return true;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return false;
            }
        }

        /// <summary>Ends the wait that is under way. The next wait is a new one.</summary>
        public void Cancel() => Interlocked.Exchange(ref ending, new CancellationTokenSource()).Cancel();
    }

    private sealed class GatedReader(PipeReader socket, Gate[] gates, CancellationToken closed) : PipeReader
    {
        private readonly Passage passage = new(gates, closed);

        public override void AdvanceTo(SequencePosition consumed) => socket.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            socket.AdvanceTo(consumed, examined);

        public override void CancelPendingRead()
        {
            socket.CancelPendingRead();
            passage.Cancel();
        }

        public override void Complete(Exception? exception = null) => socket.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = await socket.ReadAsync(cancellationToken);
            return read.IsCanceled || passage.IsOpen || await passage.PassAsync(cancellationToken)
                ? read : new ReadResult(read.Buffer, isCanceled: true, read.IsCompleted);
        }

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return passage.IsOpen && socket.TryRead(out result);
        }
    }

    private sealed class GatedWriter(PipeWriter socket, Gate[] gates, CancellationToken closed) : PipeWriter
    {
        private readonly Passage passage = new(gates, closed);

        public override void Advance(int bytes) => socket.Advance(bytes);

        public override void CancelPendingFlush()
        {
            socket.CancelPendingFlush();
            passage.Cancel();
        }

        public override void Complete(Exception? exception = null) => socket.Complete(exception);

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            passage.IsOpen || await passage.PassAsync(cancellationToken)
                ? await socket.FlushAsync(cancellationToken)
                : new FlushResult(isCanceled: true, isCompleted: false);

        public override Memory<byte> GetMemory(int sizeHint = 0) => socket.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => socket.GetSpan(sizeHint);
    }
}
