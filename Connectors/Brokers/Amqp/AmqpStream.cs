using System.Net.Sockets;

namespace Tributary.Connectors.Brokers.Amqp;

/// <summary>
/// The client library's view of a connection: received bytes have passed <see cref="AmqpFrames"/>. It is a network
/// stream because the library requires one; the inner stream, with TLS the decrypted one, does all the work.
/// </summary>
internal sealed class AmqpStream(Socket socket, Stream inner) : NetworkStream(socket, ownsSocket: false)
{
    private readonly AmqpFrames frames = new();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (frames.Take(buffer.Span) is var count and > 0)
                return count;
            var came = await inner.ReadAsync(frames.Room(), cancellationToken);
            if (came == 0)
                return 0;
            frames.Added(came);
        }

        return 0;
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (frames.Take(buffer) is var count and > 0)
                return count;
            var came = inner.Read(frames.Room().Span);
            if (came == 0)
                return 0;
            frames.Added(came);
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
