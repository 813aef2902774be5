namespace Tributary.GraphQL.Execution;

/// <summary>
/// Keeps the most recently used documents, by their text. Bounded by count, and so in memory by
/// that count times the largest document.
/// </summary>
internal sealed class DocumentCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Text, PreparedDocument Document)>> byText = [];
    private readonly LinkedList<(string Text, PreparedDocument Document)> byUse = [];

    public int Count
    {
        get
        {
            lock (gate) return byText.Count;
        }
    }

    public PreparedDocument? Get(string text)
    {
        lock (gate)
        {
            if (!byText.TryGetValue(text, out var node)) return null;
            if (!ReferenceEquals(byUse.First, node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }
            return node.Value.Document;
        }
    }

    public void Add(string text, PreparedDocument document)
    {
        if (capacity == 0) return;
        lock (gate)
        {
            if (byText.ContainsKey(text)) return;
            if (byText.Count >= capacity)
            {
                byText.Remove(byUse.Last!.Value.Text);
                byUse.RemoveLast();
            }
            byText[text] = byUse.AddFirst((text, document));
        }
    }
}
