/** Of the node and of the interface it speaks. */
export const VERSION = '0.1.0';
