namespace Shop.Words
{
    /// <summary>Can be put into words.</summary>
    public interface ILabelled
    {
        /// <summary>The words.</summary>
        string Label { get; }

        void Show(int times = 1);
    }

    public static class Labels
    {
        /// <summary>Shouts what <paramref name="thing"/> is called.</summary>
        /// <param name="thing">What to shout.</param>
        /// <returns>The <see cref="ILabelled.Label"/> in capitals.</returns>
        public static string Shout(this ILabelled thing, params string[] more)
        {
            return thing.Label.ToUpper() + Join(more);
        }

        private static string Join(string[] words) => string.Join(" ", words);
    }
}
