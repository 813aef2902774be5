using System.Buffers;
using System.IO.Pipelines;

namespace Tributary.Api.Batch;

/// <summary>
/// Sends results to the client from two buffers: one fills while the other is sent. A client may send its whole batch
/// before it reads, until <paramref name="maxBytes"/> of results wait.
/// </summary>
internal sealed class BatchOutput(PipeWriter writer, int maxBytes, CancellationToken cancellation)
{
    private readonly Lock gate = new();
    private ArrayBufferWriter<byte> filling = new();
    private ArrayBufferWriter<byte> leaving = new();
    private Task sending = Task.CompletedTask;

    private bool IsFull
    {
        get
        {
            lock (gate)
                return filling.WrittenCount > maxBytes;
        }
    }

    /// <summary>
    /// Adds one result. <paramref name="write"/> gets room for <paramref name="maxLength"/> bytes and returns the count
    /// that it wrote.
    /// </summary>
    public void Add<TState>(int maxLength, TState state, Func<Memory<byte>, TState, int> write)
    {
        lock (gate)
            filling.Advance(write(filling.GetMemory(maxLength), state));
    }

    /// <summary>Starts to send the buffered results, unless a send is under way.</summary>
    public void Send()
    {
        lock (gate)
        {
            // The next wait for the send throws its error.
            if (filling.WrittenCount > 0 && sending.IsCompletedSuccessfully)
                sending = SendAllAsync();
        }
    }

    /// <summary>Waits for room; returns at once while there is some.</summary>
    public async ValueTask WaitForRoomAsync()
    {
        while (IsFull)
        {
            Send();
            await sending;
        }
    }

    /// <summary>Returns when the connection has taken all results.</summary>
    public async Task FlushAsync()
    {
        Send();
        await sending;
    }

    private async Task SendAllAsync()
    {
        await Task.Yield();
        while (true)
        {
            lock (gate)
            {
                if (filling.WrittenCount == 0)
                {
                    sending = Task.CompletedTask;
                    return;
                }

                (filling, leaving) = (leaving, filling);
            }

            await writer.WriteAsync(leaving.WrittenMemory, cancellation);
            leaving.ResetWrittenCount();
        }
    }
}
