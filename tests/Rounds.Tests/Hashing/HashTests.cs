using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Tributary.Rounds.Partitions;

namespace Tributary.Rounds.Tests.Hashing;

public sealed class HashTests
{
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void XxHash64_gives_the_published_values(string text, ulong expected) =>
        Assert.Equal(expected, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// The file was computed by an independent implementation and is frozen: a grain never changes its partition.
    /// </summary>
    [Fact]
    public void Partitions_are_those_of_the_test_vectors()
    {
        var rows = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Hashing", "partitions.tsv"))
            .Skip(1)
            .Select(line => line.Split('\t'))
            .ToList();
        var partitioner = new Partitioner(256);

        Assert.True(rows.Count > 30);
        foreach (var row in rows)
        {
            var key = System.Text.Json.JsonSerializer.Deserialize<string>(row[1])!;
            var hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{row[0]}/{key}"));
            Assert.Equal(row[2], hash.ToString("x16", CultureInfo.InvariantCulture));
            Assert.Equal(row[3], partitioner.Of(new RoundGrainId(row[0], key)).ToString());
        }
    }
}
