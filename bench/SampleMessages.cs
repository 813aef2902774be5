using System.Text;

namespace Tributary.Bench;

/// <summary>Messages of about 300 bytes, made before the clock runs.</summary>
public static class SampleMessages
{
    /// <summary>The number of groups of the first of the three contributions.</summary>
    public const int RegionsCount = 8;

    private const int BodyBytes = 300;

    public static byte[][] Make(int count)
    {
        var random = new Random(1);
        var bodies = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var head = $$"""
                {"order":{{i}},"region":"region-{{random.Next(RegionsCount)}}","kind":"kind-{{random.Next(16)}}",
                "customer":"customer-{{random.Next(1000)}}",
                "amount":{{random.Next(1, 100_000)}}.{{random.Next(10, 100)}},"note":"
                """.ReplaceLineEndings("");
            bodies[i] = Encoding.UTF8.GetBytes(head + new string('n', BodyBytes - head.Length - 2) + "\"}");
        }

        return bodies;
    }
}
