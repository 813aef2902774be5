using System.Text;
using Tributary.Plugins.Exec;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>The lines of a program, and how many messages it is given at once.</summary>
public sealed class ProgramLinesTests : IDisposable
{
    private const int MaxBytes = 10;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginFiles files = new();

    public void Dispose() => files.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("123456789", "123456789")]
    [InlineData("1234567890", "1234567890")]
    [InlineData("12345678901", null)]
    public async Task A_line_of_the_greatest_length_is_read_and_a_longer_one_is_not(string sent, string? read)
    {
        foreach (var piece in (int[])[1, 3, 100])
        {
            var lines = Reader($"{sent}\nnext\n", piece);
            if (read is null)
            {
                await Assert.ThrowsAsync<InvalidDataException>(async () => await lines.ReadAsync(Cancellation));
                continue;
            }

            Assert.Equal(read, await NextAsync(lines));
            Assert.Equal("next", await NextAsync(lines));
            Assert.Null(await NextAsync(lines));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task Lines_that_come_together_or_in_pieces_are_read_one_by_one(int piece)
    {
        var lines = Reader("a\r\nbb\n\nccc\nnot ended", piece);

        foreach (var expected in (string[])["a", "bb", "", "ccc"])
            Assert.Equal(expected, await NextAsync(lines));
        Assert.Null(await NextAsync(lines));
    }

    [Fact]
    public void A_program_is_given_as_many_messages_at_once_as_it_has_workers()
    {
        files.Add(
            "many", "plugin.json",
            """{"exec": {"command": "x", "version": "1", "media_types": "*/*", "workers": 3}, "max_runs": 7}""");

        Assert.Equal(3, Assert.Single(files.Load().Sources).MaxRunsCount);
    }

    private static ProgramLines Reader(string text, int piece) =>
        new(new Pieces(Encoding.UTF8.GetBytes(text), piece), MaxBytes);

    private static async Task<string?> NextAsync(ProgramLines lines) =>
        await lines.ReadAsync(Cancellation) is { } line ? Encoding.UTF8.GetString(line.Span) : null;

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class Pieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
